package dev.terrane.pd;

import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.terranepd.PdRaftBatch;

/** A message to a member's inbox. May be refused there when the member has too much to do. */
sealed interface PdCall {
  /** The cluster id of calls that need not know it. */
  long ANY_CLUSTER = -1;

  /** What a call asks for; runs on the member's thread. */
  @FunctionalInterface
  interface Work {
    /** Answers, or makes sure of an answer later. False: not possible yet, to be called again. */
    boolean settle();
  }

  /**
   * A call with one answer.
   *
   * @param byAnyMember whether it is answered without leading
   */
  record Ask(long clusterId, boolean byAnyMember, PdReply<?> reply, Work work) implements PdCall {}

  record Raft(PdRaftBatch batch) implements PdCall {}

  record Heartbeat(InstructionSink sink, RegionHeartbeatRequest report) implements PdCall {}

  record StreamClosed(InstructionSink sink) implements PdCall {}
}
