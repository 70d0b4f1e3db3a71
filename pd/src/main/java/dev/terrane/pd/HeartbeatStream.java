package dev.terrane.pd;

import dev.terrane.proto.pdpb.RegionHeartbeatRequest;

/**
 * The stream of Region heartbeats of one store. It belongs to the store of the leader in its
 * messages; a later stream of the same store takes its place. Thread-safe.
 */
public interface HeartbeatStream {
  /**
   * Takes in one report. Dropped when PD has too much to do: the store reports again. Errors come
   * back through the {@link InstructionSink}.
   *
   * @param taken called once, when PD has done with it: who reads on only then has no more on the
   *     way than PD can take
   */
  void heartbeat(RegionHeartbeatRequest report, Runnable taken);

  /** The store has gone. */
  void closed();
}
