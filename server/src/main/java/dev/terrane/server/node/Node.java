package dev.terrane.server.node;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.terrane.common.TimeSource;
import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.DescriptorBudget;
import dev.terrane.server.config.MemoryBudget;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.metrics.NodeMetrics;
import dev.terrane.server.net.ConnectionGate;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.GrpcServers;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.NettyChannels;
import dev.terrane.server.pd.PdServices;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.server.reserve.DiskReserve;
import dev.terrane.server.run.FatalHandler;
import dev.terrane.server.run.SystemTimeSource;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.server.traffic.WirePairs;
import dev.terrane.server.transport.GrpcStoreTransport;
import dev.terrane.server.transport.StoreAddresses;
import dev.terrane.store.StoreStatus;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: PD, a store, or both, behind their ports.
 *
 * <p>Starting takes, in this order: the directory, a look at what is in it, the ports, PD's part,
 * the store's part; then the doors are opened. What has been taken is given back in reverse when a
 * step fails, and when the node closes. A first start waits for PD; a later one needs nobody.
 *
 * <p>{@link #stop} is for a planned end: leadership is handed away and calls under way are answered
 * first. {@link #close} is what is left when time is up. Thread-safe.
 */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final Duration JOIN_PATIENCE = Duration.ofSeconds(60);
  private static final Duration CHECK_PATIENCE = Duration.ofSeconds(1);
  private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(5);

  private final NodeConfig config;
  private final TimeSource time = new SystemTimeSource();
  private final NodeMetrics metrics = new NodeMetrics();
  private final HealthStatusManager pdHealth = new HealthStatusManager();
  private final HealthStatusManager storeHealth = new HealthStatusManager();

  /** What is to be closed, the last taken first. */
  private final Deque<Closer> closers = new ArrayDeque<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  private @Nullable NodeAddresses addresses;
  private @Nullable PdPart pd;
  private @Nullable StorePart store;
  private @Nullable NodePorts ports;

  private record Closer(String what, AutoCloseable resource) {}

  private Node(NodeConfig config) {
    this.config = config;
  }

  /**
   * Starts a node, and returns when it serves.
   *
   * @param fatal told when the node found itself broken; must end it at once
   * @throws ConfigException if it cannot be started as it is configured
   * @throws dev.terrane.server.net.AddressInUseException if a port is taken
   * @throws NodeStartException if the cluster does not take it in
   * @throws IOException if its directory cannot be used
   */
  public static Node start(NodeConfig config, FatalHandler fatal) throws IOException {
    Node node = new Node(config);
    try {
      node.open(fatal);
      return node;
    } catch (Throwable e) {
      // An Error too, as of a machine without threads to give: nothing that was begun goes on.
      node.closeAfter(e);
      throw e;
    }
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (Throwable another) {
      failure.addSuppressed(another);
    }
  }

  @CanIgnoreReturnValue
  private <T extends AutoCloseable> T take(String what, T resource) {
    closers.push(new Closer(what, resource));
    return resource;
  }

  private void open(FatalHandler fatal) throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    MemoryBudget memory =
        MemoryBudget.divide(config.memoryBytes(), Runtime.getRuntime().maxMemory());
    DescriptorBudget descriptors = DescriptorBudget.ofThisProcess();
    DataDirectory directory =
        take("directory", DataDirectory.open(config.directory(), config.apiVersion()));
    // Before PD's part is opened, which leaves traces on the disk.
    StoreDisk disk =
        config.isStore()
            ? take(
                "store's disk",
                StoreDisk.look(directory, memory, descriptors, config.logBudgetBytes()))
            : null;
    DirectoryParts.refuseLoss(directory, config);
    DirectoryParts.leftOut(directory, config).forEach(log::warn);
    if (!config.isPd() && config.join().isEmpty() && directory.pdMembers().isEmpty()) {
      throw new ConfigException("a store without PD needs PD's addresses: join = [\"HOST:PORT\"]");
    }
    DiskReserve reserve =
        DiskReserve.of(
            directory.path(), disk == null ? 0 : disk.memtableBytes(), config.diskReserve());
    reserve.makeRoom();
    EventLoops loops = take("event loops", new EventLoops(config.name() + "-net", cores));
    LoopExecutor loop = loops.executor(fatal);
    NodeThreads threads = new NodeThreads(config.name(), cores, loop, time, fatal);
    NodeTraffic traffic =
        new NodeTraffic(
            new TrafficBudget(memory.trafficBytes()),
            loop,
            threads.coders,
            threads.peersCoders,
            WirePairs.POOL,
            time);
    ConnectionGate gate = new ConnectionGate(descriptors.connections(), time);
    GrpcServers servers = new GrpcServers(loops, gate, memory.messageBytes(), traffic, fatal);
    NodePorts opened = take("ports", NodePorts.open(config, servers));
    ports = opened;
    addresses =
        new NodeAddresses(
            opened.pdAdvertised(), opened.storeAdvertised(), opened.statusAdvertised());
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create();
    GrpcChannels channels = new NettyChannels(loops, memory.messageBytes());

    refuseOtherCluster(directory, channels, loop);
    if (config.isPd()) {
      PdPart part =
          take(
              "PD",
              PdPart.open(
                  config,
                  opened,
                  directory.pd(),
                  channels,
                  loop,
                  threads.peersCoders,
                  time,
                  random));
      pd = part;
      if (!part.isBlank()) {
        directory.belongTo(part.clusterId());
      }
    }
    AtomicReference<@Nullable StorePart> storeLater = new AtomicReference<>();
    GrpcPdLink link =
        new GrpcPdLink(
            pdSeeds(opened, directory),
            directory.clusterId(),
            channels,
            loop,
            time,
            instruction -> {
              StorePart part = storeLater.get();
              if (part != null) {
                part.store().onPdInstruction(instruction);
              }
            });
    link.onMembers(members -> threads.io.submit("pd-members", () -> remember(directory, members)));
    GrpcStoreTransport transport =
        new GrpcStoreTransport(
            new StoreAddresses(link), channels, loop, threads.peersCoders, memory.transportBytes());
    take("store", this::closeStore);
    threads.start();
    take("threads", threads::close);
    PdPart pdPart = pd;
    if (pdPart != null) {
      take("PD transport", pdPart::closeTransport);
      startPd(pdPart, directory, opened, threads, loop, channels);
    }
    take("PD link", link);
    if (pdPart != null) {
      announce(pdPart, opened, directory, link, loop, channels);
    }
    take("store transport", transport);
    if (disk != null) {
      StorePart part =
          StorePart.open(
              new StorePart.Surroundings(
                  config, memory, directory, disk, opened, link, transport, threads, loop, time,
                  random, metrics),
              JOIN_PATIENCE);
      store = part;
      storeLater.set(part);
      startStore(part, opened, threads);
    }
    new NodeFigures(metrics).register(threads, gate, traffic, transport, store, pd);
    opened
        .status()
        .offer(new StatusPages(config, this, metrics, new MemberPings(channels)).pages());
    take("disk reserve", reserve).keep(loop, threads.io);
    log.info("node {} serves: {}", config.name(), addresses().byPart());
  }

  private void announce(
      PdPart part,
      NodePorts opened,
      DataDirectory directory,
      GrpcPdLink link,
      LoopExecutor loop,
      GrpcChannels channels) {
    MemberGreeting greeting =
        take(
            "greeting",
            new MemberGreeting(
                others(opened, directory),
                opened.pdAdvertised(),
                part.transport(),
                channels,
                loop,
                part::silentNanos));
    MemberAnnouncement announcement =
        take("announcement", new MemberAnnouncement(part, link, loop, greeting::announced));
    if (part.isBlank()) {
      greeting.announced(); // the leader knows it already
    }
    announcement.start();
    greeting.start(announcement::again);
  }

  /** A directory of one cluster must not be started to join another, if that can be found out. */
  private void refuseOtherCluster(DataDirectory directory, GrpcChannels channels, LoopExecutor loop)
      throws IOException {
    if (config.join().isEmpty() || directory.clusterId() == 0) {
      return;
    }
    GrpcPdLink others = new GrpcPdLink(config.join(), 0, channels, loop, time, instruction -> {});
    long clusterId;
    try {
      clusterId = new Joining(loop, time, CHECK_PATIENCE).clusterId(others);
    } catch (NodeStartException e) {
      log.info("starting without asking which cluster the others are of: {}", e.getMessage());
      return;
    } finally {
      others.close();
    }
    directory.belongTo(clusterId);
  }

  /** This node's own PD, those of the cluster that it joins, and those that it has known. */
  private List<HostPort> pdSeeds(NodePorts opened, DataDirectory directory) {
    Set<HostPort> seeds = new LinkedHashSet<>(config.join());
    if (config.isPd()) {
      seeds.add(opened.pdAdvertised());
    }
    seeds.addAll(directory.pdMembers());
    return List.copyOf(seeds);
  }

  private static void remember(DataDirectory directory, List<HostPort> members) {
    try {
      directory.rememberPdMembers(members);
    } catch (IOException e) {
      log.warn("cannot keep where PD's members are; a start without --join may not find them", e);
    }
  }

  /** Where others may be that this node is to join, or has been told of: not at its own address. */
  private List<HostPort> others(NodePorts opened, DataDirectory directory) {
    Set<HostPort> others = new LinkedHashSet<>(config.join());
    others.addAll(directory.pdMembers());
    others.remove(opened.pdAdvertised());
    return List.copyOf(others);
  }

  private void startPd(
      PdPart part,
      DataDirectory directory,
      NodePorts opened,
      NodeThreads threads,
      LoopExecutor loop,
      GrpcChannels channels)
      throws IOException {
    List<HostPort> known = others(opened, directory);
    if (part.isBlank() && known.isEmpty()) {
      throw new NodeStartException(
          "this node has not been a member of PD yet, and does not know where PD is:"
              + " name PD's addresses with --join HOST:PORT");
    }
    part.startOn(threads);
    List<BindableService> services =
        new ArrayList<>(PdServices.of(part.pd(), part.transport()::greeted, loop));
    services.add(pdHealth.getHealthService());
    opened.pdServices().offer(services);
    if (part.isBlank()) {
      GrpcPdLink others = new GrpcPdLink(known, 0, channels, loop, time, instruction -> {});
      try {
        Joining joining = new Joining(loop, time, JOIN_PATIENCE);
        directory.belongTo(joining.clusterId(others));
        part.meet(joining.addMember(others, part.self()));
      } finally {
        others.close();
      }
    }
  }

  private void startStore(StorePart part, NodePorts opened, NodeThreads threads) {
    part.startOn(threads);
    List<BindableService> services = new ArrayList<>(part.services());
    services.add(storeHealth.getHealthService());
    opened.storeServices().offer(services);
  }

  public NodeConfig config() {
    return config;
  }

  /** Where this node is found, with the ports that were taken. */
  public NodeAddresses addresses() {
    if (addresses == null) {
      throw new IllegalStateException("the node has not been started");
    }
    return addresses;
  }

  /** What the store does now; null if the node has none. */
  public @Nullable StoreStatus storeStatus() {
    StorePart part = store;
    return part == null ? null : part.store().status();
  }

  @Nullable PdPart pdPart() {
    return pd;
  }

  @Nullable StorePart storePart() {
    return store;
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Hands leadership away, answers what is under way, refuses what comes, then closes. */
  public void stop() {
    log.info("node {} stops", config.name());
    pdHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    storeHealth.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    handLeadershipAway();
    StorePart part = store;
    if (part != null) {
      part.tikv().drain();
    }
    NodePorts opened = ports;
    if (opened != null) {
      opened.drain(time);
    }
    close();
  }

  /** Returns once others lead what was led here, or nobody is there who could, or it takes long. */
  private void handLeadershipAway() {
    CountDownLatch over = new CountDownLatch(2);
    StorePart storePart = store;
    if (storePart == null) {
      over.countDown();
    } else {
      storePart.store().handLeadershipAway(over::countDown);
    }
    PdPart pdPart = pd;
    if (pdPart == null) {
      over.countDown();
    } else {
      pdPart.handLeadershipAway(over::countDown);
    }
    try {
      if (!over.await(HAND_OVER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.info("node {} still leads, and stops nevertheless", config.name());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The engines, once nobody polls the store any more. */
  private void closeStore() {
    StorePart part = store;
    if (part != null) {
      part.close();
    }
  }

  /** Gives everything back. What is under way fails or is left undetermined. Idempotent. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    while (!closers.isEmpty()) {
      Closer closer = closers.pop();
      try {
        closer.resource.close();
      } catch (Exception e) {
        log.warn("closing the {} of node {} failed", closer.what, config.name(), e);
      }
    }
    if (addresses != null) {
      log.info("node {} has stopped", config.name());
    }
  }
}
