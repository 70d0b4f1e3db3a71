package dev.terrane.sim.net;

import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import io.grpc.BindableService;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ServerMethodDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All machines, the links between them, and what listens where. */
public final class SimNetwork {
  private static final long LATENCY_NANOS_MIN = 50_000;
  private static final long LATENCY_NANOS_MAX = 700_000;
  private static final long LOOPBACK_NANOS_MIN = 5_000;
  private static final long LOOPBACK_NANOS_MAX = 40_000;

  private final World world;
  private final RandomGenerator chance;
  private final RandomGenerator scrambling;
  private final Observer observer;
  private final Map<String, Machine> machineByHost = new LinkedHashMap<>();
  private final Map<Machine, Map<Machine, Link>> links = new LinkedHashMap<>();
  private final Map<HostPort, Listening> listeningByAddress = new HashMap<>();
  private final List<Connection> connections = new ArrayList<>();
  private double dropRaft;
  private double doubleRaft;
  private double swapRaft;

  /** What a process has opened at an address. */
  record Listening(NodeProcess process, Map<String, ServerMethodDefinition<?, ?>> methodByName) {}

  public SimNetwork(World world, Observer observer) {
    this.world = world;
    this.observer = observer;
    this.chance = world.stream("network");
    this.scrambling = world.stream("scrambling");
  }

  World world() {
    return world;
  }

  RandomGenerator chance() {
    return chance;
  }

  Observer observer() {
    return observer;
  }

  /** The host's name is the machine's. */
  public void add(Machine machine) {
    machineByHost.put(machine.name(), machine);
  }

  @Nullable Machine machine(String host) {
    return machineByHost.get(host);
  }

  /** All of them, clients' too. */
  public Collection<Machine> machines() {
    return Collections.unmodifiableCollection(machineByHost.values());
  }

  public Link link(Machine from, Machine to) {
    return links
        .computeIfAbsent(from, key -> new LinkedHashMap<>())
        .computeIfAbsent(
            to,
            key ->
                from == to
                    ? new Link(LOOPBACK_NANOS_MIN, LOOPBACK_NANOS_MAX)
                    : new Link(LATENCY_NANOS_MIN, LATENCY_NANOS_MAX));
  }

  /** Everything passes, fast and without loss. */
  public void heal() {
    for (Map.Entry<Machine, Map<Machine, Link>> from : links.entrySet()) {
      for (Map.Entry<Machine, Link> to : from.getValue().entrySet()) {
        Link link = to.getValue();
        link.cut(false);
        link.lose(0);
        if (from.getKey() != to.getKey()) {
          link.latency(LATENCY_NANOS_MIN, LATENCY_NANOS_MAX);
        }
      }
    }
    scrambleRaft(0, 0, 0);
  }

  /** With which probability a batch of Raft messages is dropped, sent twice, or overtaken. */
  public void scrambleRaft(double drop, double twice, double swap) {
    dropRaft = drop;
    doubleRaft = twice;
    swapRaft = swap;
  }

  boolean dropsRaft() {
    return dropRaft > 0 && scrambling.nextDouble() < dropRaft;
  }

  boolean doublesRaft() {
    return doubleRaft > 0 && scrambling.nextDouble() < doubleRaft;
  }

  boolean swapsRaft() {
    return swapRaft > 0 && scrambling.nextDouble() < swapRaft;
  }

  /**
   * Opens {@code address} for {@code process}, until that dies.
   *
   * @param traffic counts all calls, as it does in a node
   */
  public void listen(
      NodeProcess process,
      HostPort address,
      NodeTraffic traffic,
      Collection<BindableService> services) {
    Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
    for (BindableService service : services) {
      for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
        methods.put(method.getMethodDescriptor().getFullMethodName(), traffic.guard(method));
      }
    }
    listeningByAddress.put(address, new Listening(process, methods));
    process.onDeath(() -> listeningByAddress.remove(address));
  }

  @Nullable Listening listening(HostPort address) {
    return listeningByAddress.get(address);
  }

  void opened(Connection connection) {
    connections.add(connection);
  }

  void closed(Connection connection) {
    connections.remove(connection);
  }

  /** Tells the other ends that {@code process} has died, as far as they can know. */
  void died(NodeProcess process) {
    for (Connection connection : List.copyOf(connections)) {
      connection.died(process);
    }
  }

  /** The channels of one process. */
  public GrpcChannels channelsOf(NodeProcess process) {
    process.onDeath(() -> died(process));
    Deadline.Ticker ticker =
        new Deadline.Ticker() {
          @Override
          public long nanoTime() {
            return world.nowNanos();
          }
        };
    return new GrpcChannels() {
      @Override
      public ManagedChannel open(HostPort address) {
        return new SimChannel(SimNetwork.this, process, address);
      }

      @Override
      public Deadline deadlineAfter(long millis) {
        return Deadline.after(millis, TimeUnit.MILLISECONDS, ticker);
      }
    };
  }
}
