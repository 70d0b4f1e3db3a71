package dev.terrane.sim.node;

import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.proto.terranepd.Rules;
import dev.terrane.server.net.HostPort;
import dev.terrane.sim.net.SimNetwork;
import dev.terrane.store.StoreConfig;
import dev.terrane.txn.raw.ApiVersion;
import java.util.List;

/**
 * What all nodes of a cluster are built by.
 *
 * @param founder the machine whose PD member founds the cluster
 * @param pdMachines where PD's members are
 * @param trafficBytes what the calls of one node may hold
 */
public record ClusterPlan(
    SimNetwork network,
    Watch watch,
    String founder,
    List<String> pdMachines,
    Rules rules,
    StoreConfig storeConfig,
    RaftLogOptions logOptions,
    ApiVersion apiVersion,
    long trafficBytes) {
  private static final int PD_PORT = 2379;
  private static final int STORE_PORT = 20160;

  public ClusterPlan {
    pdMachines = List.copyOf(pdMachines);
  }

  static HostPort pdAddress(String machine) {
    return new HostPort(machine, PD_PORT);
  }

  /** Where the store on {@code machine} listens. */
  public static HostPort storeAddress(String machine) {
    return new HostPort(machine, STORE_PORT);
  }

  /** Where whoever starts looks for PD. */
  public List<HostPort> pdSeeds() {
    return pdMachines.stream().map(ClusterPlan::pdAddress).toList();
  }
}
