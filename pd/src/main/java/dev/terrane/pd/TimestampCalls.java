package dev.terrane.pd;

import dev.terrane.pd.tso.IdAllocator;
import dev.terrane.pd.tso.Timestamp;
import dev.terrane.pd.tso.TimestampOracle;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Timestamps and ids. Timestamps are allocated as their calls come and answered together at the end
 * of the duty cycle, after a look at the clock shows that the lease still holds: a leader that was
 * deposed while it worked answers none.
 *
 * <p>Confined to the member's thread.
 */
final class TimestampCalls {
  /** More ids at once would empty windows that others wait for. */
  private static final long IDS_MAX = 100_000;

  private record Allocated(TsoRequest request, Timestamp timestamp, PdReply<TsoResponse> reply) {}

  private final PdMember member;
  private final Deque<Allocated> allocated = new ArrayDeque<>();

  TimestampCalls(PdMember member) {
    this.member = member;
  }

  boolean tso(TsoRequest request, PdReply<TsoResponse> reply) {
    Leadership leadership = member.leadership();
    if (leadership == null) {
      return false;
    }
    long count = Integer.toUnsignedLong(request.getCount());
    if (count == 0 || count >= TimestampOracle.LOGICAL_LIMIT) {
      reply.refuse(
          new PdRefusal.Invalid(
              "cannot allocate %d timestamps, only 1 to %d"
                  .formatted(count, TimestampOracle.LOGICAL_LIMIT - 1)));
      return true;
    }
    Timestamp timestamp = leadership.oracle().allocate(count);
    if (timestamp == null) {
      return false;
    }
    allocated.add(new Allocated(request, timestamp, reply));
    return true;
  }

  /** Answers what is allocated, if this member certainly leads at this moment. */
  int answer() {
    if (allocated.isEmpty() || !member.raft().hasLease(member.time().nanoTime())) {
      return 0;
    }
    int answered = allocated.size();
    long clusterId = member.stateOrThrow().clusterId();
    while (!allocated.isEmpty()) {
      Allocated next = allocated.remove();
      next.reply.answer(
          TsoResponse.newBuilder()
              .setHeader(Headers.ok(clusterId))
              .setCount(next.request.getCount())
              .setTimestamp(
                  dev.terrane.proto.pdpb.Timestamp.newBuilder()
                      .setPhysical(next.timestamp.physicalMillis())
                      .setLogical(next.timestamp.logical()))
              .build());
    }
    return answered;
  }

  void refuseAll(PdRefusal why) {
    while (!allocated.isEmpty()) {
      allocated.remove().reply.refuse(why);
    }
  }

  boolean allocId(AllocIDRequest request, PdReply<AllocIDResponse> reply) {
    Leadership leadership = member.leadership();
    if (leadership == null) {
      return false;
    }
    long count = Math.max(1, Integer.toUnsignedLong(request.getCount()));
    if (count > IDS_MAX) {
      reply.refuse(
          new PdRefusal.Invalid("cannot allocate %d ids, at most %d".formatted(count, IDS_MAX)));
      return true;
    }
    IdAllocator ids = leadership.ids();
    if (!ids.has(count)) {
      member.reserveIds(leadership, count);
      return false;
    }
    reply.answer(
        AllocIDResponse.newBuilder()
            .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
            .setId(ids.allocate(count))
            .setCount((int) count)
            .build());
    return true;
  }
}
