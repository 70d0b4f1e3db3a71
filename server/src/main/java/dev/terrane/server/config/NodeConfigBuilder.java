package dev.terrane.server.config;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.terrane.server.net.HostPort;
import dev.terrane.txn.raw.ApiVersion;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a {@link NodeConfig}: what is set last counts, what is not set has the default. Ports are
 * TiKV's. What is advertised is where the node listens, unless it is set.
 */
public final class NodeConfigBuilder {
  private String name = "terrane";
  private @Nullable Path directory;
  private Set<Role> roles = EnumSet.allOf(Role.class);
  private HostPort pdAddress = new HostPort("127.0.0.1", 2379);
  private @Nullable HostPort pdAdvertised;
  private HostPort storeAddress = new HostPort("127.0.0.1", 20160);
  private @Nullable HostPort storeAdvertised;
  private HostPort statusAddress = new HostPort("127.0.0.1", 20180);
  private @Nullable HostPort statusAdvertised;
  private List<HostPort> join = List.of();
  private int storageVersion = 1;
  private boolean ttlEnabled;
  private Map<String, String> labels = new LinkedHashMap<>();
  private long memoryBytes = MemoryBudget.TOTAL_BYTES_DEFAULT;
  private long logBudgetBytes = NodeConfig.LOG_BUDGET_BYTES_DEFAULT;
  private boolean diskReserve = true;
  private int replicas = 3;

  @CanIgnoreReturnValue
  public NodeConfigBuilder name(String newName) {
    name = newName;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder directory(Path newDirectory) {
    directory = newDirectory;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder roles(Set<Role> newRoles) {
    roles = newRoles;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder pdAddress(HostPort address) {
    pdAddress = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder pdAdvertised(HostPort address) {
    pdAdvertised = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder storeAddress(HostPort address) {
    storeAddress = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder storeAdvertised(HostPort address) {
    storeAdvertised = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder statusAddress(HostPort address) {
    statusAddress = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder statusAdvertised(HostPort address) {
    statusAdvertised = address;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder join(List<HostPort> pdAddresses) {
    join = pdAddresses;
    return this;
  }

  /** {@code storage.api-version}: 1 or 2. */
  @CanIgnoreReturnValue
  public NodeConfigBuilder apiVersion(int version) {
    if (version != 1 && version != 2) {
      throw new ConfigException("api-version is " + version + "; it may be 1 or 2");
    }
    storageVersion = version;
    return this;
  }

  /** {@code storage.enable-ttl}; version 2 has TTL always. */
  @CanIgnoreReturnValue
  public NodeConfigBuilder ttlEnabled(boolean enabled) {
    ttlEnabled = enabled;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder labels(Map<String, String> newLabels) {
    labels = newLabels;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder memoryBytes(long bytes) {
    memoryBytes = bytes;
    return this;
  }

  /** {@code store.log-budget}. */
  @CanIgnoreReturnValue
  public NodeConfigBuilder logBudgetBytes(long bytes) {
    logBudgetBytes = bytes;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder diskReserve(boolean wanted) {
    diskReserve = wanted;
    return this;
  }

  @CanIgnoreReturnValue
  public NodeConfigBuilder replicas(int newReplicas) {
    replicas = newReplicas;
    return this;
  }

  /**
   * What has been gathered.
   *
   * @throws ConfigException if no node can be started with it
   */
  public NodeConfig build() {
    if (directory == null || directory.toString().isEmpty()) {
      throw new ConfigException(
          "a node needs a directory for its data: --dir DIR, or data-dir = \"DIR\" in its configuration file");
    }
    ApiVersion apiVersion =
        storageVersion == 2 ? ApiVersion.V2 : ttlEnabled ? ApiVersion.V1TTL : ApiVersion.V1;
    boolean isPd = roles.contains(Role.PD);
    boolean isStore = roles.contains(Role.STORE);
    HostPort pd = advertised(isPd, "pd", "--advertise-pd-addr", pdAddress, pdAdvertised);
    HostPort store =
        advertised(isStore, "store", "--advertise-addr", storeAddress, storeAdvertised);
    HostPort status = statusAdvertised == null ? statusAddress : statusAdvertised;
    return new NodeConfig(
        name,
        directory,
        roles,
        pdAddress,
        pd,
        storeAddress,
        store,
        statusAddress,
        status.isWildcard() ? new HostPort((isStore ? store : pd).host(), status.port()) : status,
        isPd ? othersToJoin(pd) : join,
        apiVersion,
        labels,
        memoryBytes,
        logBudgetBytes,
        diskReserve,
        replicas);
  }

  /** Where others are told to find what listens at {@code address}. */
  private static HostPort advertised(
      boolean needed, String part, String option, HostPort address, @Nullable HostPort given) {
    HostPort told = given == null ? address : given;
    if (needed && told.isWildcard()) {
      throw new ConfigException(
          ("%s means all addresses of this machine: the %s can listen there, but others cannot be told"
                  + " to find it there. Say where they do: %s HOST:PORT, or advertise-addr in [%s]")
              .formatted(told, part.equals("pd") ? "placement driver" : part, option, part));
    }
    return told;
  }

  /** Those of {@code join} that are not this node, which cannot join itself. */
  private List<HostPort> othersToJoin(HostPort self) {
    List<HostPort> others =
        join.stream()
            .filter(
                place -> place.port() == 0 || !(isSame(place, self) || isSame(place, pdAddress)))
            .toList();
    if (others.isEmpty() && !join.isEmpty()) {
      throw new ConfigException(
          "join names only this node itself, %s; leave it out to begin a new cluster or to go on with"
                  .formatted(self)
              + " the directory's, or name another placement driver of the cluster to join");
    }
    return others;
  }

  private static boolean isSame(HostPort one, HostPort other) {
    return one.port() == other.port() && numeric(one.host()).equals(numeric(other.host()));
  }

  private static String numeric(String host) {
    return host.equals("localhost") ? "127.0.0.1" : host;
  }
}
