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
 * Timestamps and ids. Timestamps are allocated in the order of their calls, before the duty cycle
 * does anything else, and answered together after a look at the clock shows that the lease still
 * holds: a leader that was deposed while it worked answers none.
 *
 * <p>Confined to the member's thread.
 */
final class TimestampCalls {
  /** More ids at once would empty windows that others wait for. */
  private static final long IDS_MAX = 100_000;

  private static final int AWAITED_MAX = 1 << 14;
  private static final long WAIT_NANOS = 500_000_000L;

  private record Awaited(TsoRequest request, PdReply<TsoResponse> reply, long deadlineNanos) {}

  private record Allocated(TsoRequest request, Timestamp timestamp, PdReply<TsoResponse> reply) {}

  private final PdMember member;
  private final Deque<Awaited> awaited = new ArrayDeque<>();
  private final Deque<Allocated> allocated = new ArrayDeque<>();

  TimestampCalls(PdMember member) {
    this.member = member;
  }

  /** Takes a call in. */
  void tso(TsoRequest request, PdReply<TsoResponse> reply, long nowNanos) {
    long count = Integer.toUnsignedLong(request.getCount());
    if (count == 0 || count >= TimestampOracle.LOGICAL_LIMIT) {
      reply.refuse(
          new PdRefusal.Invalid(
              "cannot allocate %d timestamps, only 1 to %d"
                  .formatted(count, TimestampOracle.LOGICAL_LIMIT - 1)));
    } else if (awaited.size() >= AWAITED_MAX) {
      reply.refuse(new PdRefusal.Busy(awaited.size()));
    } else {
      awaited.add(new Awaited(request, reply, nowNanos + WAIT_NANOS));
    }
  }

  /**
   * Allocates what is asked for, in order. What cannot be given yet, for the window is used up or
   * this member does not serve yet, waits for a short while.
   */
  int settle(boolean serving, long nowNanos) {
    Leadership leadership = member.leadership();
    int settled = 0;
    while (!awaited.isEmpty()) {
      Awaited first = awaited.element();
      Timestamp timestamp =
          serving && leadership != null
              ? leadership.oracle().allocate(Integer.toUnsignedLong(first.request.getCount()))
              : null;
      if (timestamp != null) {
        allocated.add(new Allocated(first.request, timestamp, first.reply));
      } else if (nowNanos - first.deadlineNanos >= 0) {
        first.reply.refuse(new PdRefusal.NotLeader(null));
      } else {
        break;
      }
      awaited.remove();
      settled++;
    }
    return settled;
  }

  /** Whether calls wait for timestamps. */
  boolean areAwaited() {
    return !awaited.isEmpty();
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
    while (!awaited.isEmpty()) {
      awaited.remove().reply.refuse(why);
    }
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
      member.windows().reserveIds(leadership, count);
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
