package dev.terrane.pd;

import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.terranepd.PdRaftBatch;

/** A message to a member's inbox. May be refused there when the member has too much to do. */
sealed interface PdCall {
  /** The cluster id of calls that need not know it. */
  long ANY_CLUSTER = -1;

  /** What waits on the member's {@link Desk} until there is time for it. */
  sealed interface OnDesk extends PdCall {}

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
  record Ask(long clusterId, boolean byAnyMember, PdReply<?> reply, Work work) implements OnDesk {}

  /** A call for timestamps, which waits for no other call. */
  record Timestamps(TsoRequest request, PdReply<TsoResponse> reply) implements PdCall {}

  /** {@code taken}: the next may be sent. */
  record Raft(PdRaftBatch batch, Runnable taken) implements PdCall {}

  /** {@code taken}: the next may be sent. */
  record Heartbeat(InstructionSink sink, RegionHeartbeatRequest report, Runnable taken)
      implements OnDesk {}

  record StreamClosed(InstructionSink sink) implements OnDesk {}
}
