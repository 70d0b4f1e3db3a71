package dev.terrane.server.config;

import dev.terrane.server.net.HostPort;
import dev.terrane.txn.raw.ApiVersion;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One node, as it is started. Made by {@link NodeConfigBuilder}, which fills in what is not given.
 * A node keeps its identity in {@code directory}; everything else may differ at the next start,
 * except {@code apiVersion}.
 *
 * <p>Ports may be 0: any free one; what was taken is told by the node.
 *
 * @param name a PD member's name, of no other member; not empty
 * @param roles at least one
 * @param pdAddress where PD listens
 * @param pdAdvertised where others are told to find it
 * @param storeAddress where the store listens, for clients and other stores alike
 * @param storeAdvertised where others are told to find it
 * @param statusAddress where HTTP is served
 * @param statusAdvertised where others are told to find it
 * @param join PD addresses of the cluster to join; empty: found a new one, or go on with the one
 *     that the directory belongs to
 * @param apiVersion how keys are stored
 * @param labels of the store, as {@code zone=a}
 * @param memoryBytes for everything that the node keeps in memory
 * @param logBudgetBytes for the files of the store's Raft log, of all Regions together
 * @param diskReserve whether room is kept on the disk for the next start
 * @param replicas of each Region, where there are stores enough; only the founder is asked
 */
public record NodeConfig(
    String name,
    Path directory,
    Set<Role> roles,
    HostPort pdAddress,
    HostPort pdAdvertised,
    HostPort storeAddress,
    HostPort storeAdvertised,
    HostPort statusAddress,
    HostPort statusAdvertised,
    List<HostPort> join,
    ApiVersion apiVersion,
    Map<String, String> labels,
    long memoryBytes,
    long logBudgetBytes,
    boolean diskReserve,
    int replicas) {
  /** Without a wish of the operator. */
  public static final long LOG_BUDGET_BYTES_DEFAULT = 1L << 30;

  /** Eight of the files that a log is made of. */
  public static final long LOG_BUDGET_BYTES_MIN = 128L << 20;

  public NodeConfig {
    if (name.isEmpty()) {
      throw new ConfigException("a node needs a name");
    }
    if (roles.isEmpty()) {
      throw new ConfigException("a node needs a role: pd, store, or both");
    }
    if (replicas < 1 || replicas > 7 || replicas % 2 == 0) {
      throw new ConfigException(
          "replicas is "
              + replicas
              + "; a Region has 1, 3, 5 or 7, since an even number is no"
              + " safer than the odd one below it");
    }
    if (logBudgetBytes < LOG_BUDGET_BYTES_MIN) {
      throw new ConfigException(
          "store.log-budget is "
              + logBudgetBytes
              + " bytes; give the Raft log at least "
              + (LOG_BUDGET_BYTES_MIN >> 20)
              + "MiB");
    }
    roles = EnumSet.copyOf(roles);
    join = List.copyOf(join);
    labels = new LinkedHashMap<>(labels);
  }

  public boolean isPd() {
    return roles.contains(Role.PD);
  }

  public boolean isStore() {
    return roles.contains(Role.STORE);
  }
}
