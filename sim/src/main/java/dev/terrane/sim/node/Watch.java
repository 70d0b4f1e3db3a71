package dev.terrane.sim.node;

import dev.terrane.engine.KvEngine;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.pd.Pd;
import dev.terrane.pd.PdMember;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.store.Store;
import dev.terrane.txn.RegionStorage;

/** Puts itself between the parts of a node, to see what they do; changes nothing. */
public interface Watch {
  /** The log of a store that has just opened it. */
  RaftLogEngine storeLog(NodeProcess process, RaftLogEngine log);

  /** The log of a PD member that has just opened it. */
  RaftLogEngine pdLog(NodeProcess process, RaftLogEngine log);

  /** The engine of a store that has just opened it. */
  KvEngine engine(NodeProcess process, KvEngine engine);

  /** The store as its commands see it. */
  RegionStorage storage(NodeProcess process, Store store);

  /** The member as its services see it. */
  Pd pd(NodeProcess process, PdMember member);
}
