package dev.terrane.txn;

/** Which peers may answer a read, and after what. Both modes are linearizable. */
public enum ReadMode {
  /** The leader only: at once on a valid lease, else after a ReadIndex. */
  LEADER,
  /** Any peer with data: after a ReadIndex through the leader, and once it has applied that far. */
  REPLICA
}
