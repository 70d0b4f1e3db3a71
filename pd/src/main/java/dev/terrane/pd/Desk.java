package dev.terrane.pd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Calls that may take their time. They are worked through for a short while in each cycle, so that
 * they hold up neither timestamps nor Raft. A call that cannot be settled yet, since something has
 * to be replicated first or this leader does not serve yet, waits aside and holds up no other.
 *
 * <p>Confined to the member's thread. Bounded: beyond that calls are refused, and heartbeats, which
 * come again, are passed over.
 */
final class Desk {
  private static final int CALLS_MAX = 1 << 14;
  private static final int WAITING_MAX = 1 << 12;
  private static final int CALLS_PER_CYCLE_MAX = 256;
  private static final long NANOS_PER_CYCLE = 2_000_000L;
  private static final long WAIT_NANOS = 500_000_000L;

  /** A call that a leader cannot answer yet. */
  private record Waiting(PdCall.Ask ask, long deadlineNanos) {}

  private final PdMember member;
  private final Handlers handlers;
  private final Deque<PdCall.OnDesk> calls = new ArrayDeque<>();
  private final List<Waiting> waiting = new ArrayList<>();

  Desk(PdMember member, Handlers handlers) {
    this.member = member;
    this.handlers = handlers;
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  void put(PdCall.OnDesk call) {
    if (calls.size() < CALLS_MAX) {
      calls.add(call);
      return;
    }
    switch (call) {
      case PdCall.Ask ask -> ask.reply().refuse(new PdRefusal.Busy(calls.size()));
      case PdCall.Heartbeat heartbeat -> heartbeat.taken().run(); // the store reports again
      case PdCall.StreamClosed closed -> calls.add(closed);
    }
  }

  /** What is there, for a short while: who asks for timestamps comes in between. */
  int workThrough() {
    long startNanos = member.time().nanoTime();
    int done = 0;
    while (!calls.isEmpty()
        && done < CALLS_PER_CYCLE_MAX
        && member.time().nanoTime() - startNanos < NANOS_PER_CYCLE) {
      handle(calls.remove());
      done++;
    }
    return done;
  }

  /** All of it, for a member that ends. */
  void clear() {
    while (!calls.isEmpty()) {
      handle(calls.remove());
    }
  }

  private void handle(PdCall.OnDesk call) {
    switch (call) {
      case PdCall.Ask ask -> {
        member.lookSoon();
        handle(ask);
      }
      case PdCall.Heartbeat heartbeat -> {
        member.lookSoon();
        handlers.onHeartbeat(heartbeat);
        heartbeat.taken().run();
      }
      case PdCall.StreamClosed closed -> {
        Leadership leadership = member.leadership();
        if (leadership != null) {
          leadership.streams().unbind(closed.sink());
        }
      }
    }
  }

  private void handle(PdCall.Ask ask) {
    PdRefusal refusal = member.whyNot(ask.clusterId(), ask.byAnyMember());
    if (refusal != null) {
      ask.reply().refuse(refusal);
    } else if (ask.byAnyMember()) {
      ask.work().settle();
    } else if (!member.isServing() || !ask.work().settle()) {
      await(ask);
    }
  }

  private void await(PdCall.Ask ask) {
    if (waiting.size() >= WAITING_MAX) {
      ask.reply().refuse(new PdRefusal.Busy(waiting.size()));
    } else {
      waiting.add(new Waiting(ask, member.time().nanoTime() + WAIT_NANOS));
    }
  }

  /** Each for itself: one that cannot be settled yet holds up no other. */
  int retryWaiting(long nowNanos) {
    if (waiting.isEmpty()) {
      return 0;
    }
    int settled = 0;
    boolean serving = member.isServing();
    List<Waiting> retried = List.copyOf(waiting);
    waiting.clear();
    for (Waiting each : retried) {
      if (serving && each.ask.work().settle()) {
        settled++;
      } else if (nowNanos - each.deadlineNanos >= 0) {
        each.ask.reply().refuse(new PdRefusal.NotLeader(null));
        settled++;
      } else {
        waiting.add(each);
      }
    }
    return settled;
  }

  void refuseWaiting(PdRefusal why) {
    List<Waiting> refused = List.copyOf(waiting);
    waiting.clear();
    refused.forEach(each -> each.ask.reply().refuse(why));
  }
}
