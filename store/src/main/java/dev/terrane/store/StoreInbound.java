package dev.terrane.store;

import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepb.RaftBatch;

/**
 * What reaches a store from other stores and from PD. Every method may be called from any thread
 * and does not wait.
 */
public interface StoreInbound {
  /**
   * Messages from another store; dropped if the loop cannot keep up. {@code taken} runs on any
   * thread when they are held here no longer, and the next may come.
   */
  void onRaftBatch(RaftBatch batch, Runnable taken);

  /** The same for one who does not wait for that. */
  default void onRaftBatch(RaftBatch batch) {
    onRaftBatch(batch, () -> {});
  }

  /** Another store wants to send a snapshot. */
  SnapshotReceiver onSnapshot(SnapshotReceiver.Reply reply);

  /** PD wants something of a Region; checked against the Region's epoch before it is done. */
  void onPdInstruction(RegionHeartbeatResponse instruction);
}
