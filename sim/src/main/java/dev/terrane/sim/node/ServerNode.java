package dev.terrane.sim.node;

import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.engine.EngineException;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import org.jspecify.annotations.Nullable;

/** What runs on one machine of a cluster: PD, a store, or both in one process. */
public final class ServerNode {
  private final ClusterPlan plan;
  private final Machine machine;
  private final boolean isPd;
  private final boolean isStore;
  private @Nullable StoreNode store;
  private @Nullable NodeTraffic traffic;

  public ServerNode(ClusterPlan plan, Machine machine, boolean isPd, boolean isStore) {
    this.plan = plan;
    this.machine = machine;
    this.isPd = isPd;
    this.isStore = isStore;
    plan.network().add(machine);
  }

  public Machine machine() {
    return machine;
  }

  public boolean isStore() {
    return isStore;
  }

  public boolean isPd() {
    return isPd;
  }

  /** Where its store listens. */
  public HostPort storeAddress() {
    return ClusterPlan.storeAddress(machine.name());
  }

  /** Where its member of PD listens. */
  public HostPort pdAddress() {
    return ClusterPlan.pdAddress(machine.name());
  }

  /** Starts its process, or starts it again on what is on its disk. */
  public void start() {
    NodeProcess process = machine.start();
    store = null;
    traffic = null;
    process.onDeath(() -> {
      store = null;
      traffic = null;
    });
    GrpcChannels channels = plan.network().channelsOf(process);
    process.loop().run(() -> open(process, channels));
  }

  private void open(NodeProcess process, GrpcChannels channels) {
    NodeTraffic calls =
        new NodeTraffic(
            new TrafficBudget(plan.trafficBytes()),
            process.loop(),
            new SimReadPool(process),
            new SimReadPool(process),
            null,
            machine.clock());
    traffic = calls;
    try {
      if (isPd) {
        PdNode.start(plan, process, channels, calls);
      }
      if (isStore) {
        store = StoreNode.start(plan, process, channels, calls);
      }
    } catch (EngineException e) {
      if (e.retryable()) {
        machine.giveUp("it cannot start: " + e.getMessage());
      }
      throw e;
    }
  }

  /** What its calls hold. Null while it is down. */
  public @Nullable NodeTraffic traffic() {
    return traffic;
  }

  /** Null while it is down. */
  public @Nullable StoreNode store() {
    return store;
  }
}
