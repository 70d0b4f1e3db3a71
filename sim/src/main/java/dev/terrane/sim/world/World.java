package dev.terrane.sim.world;

import java.util.PriorityQueue;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: what is to happen, in order of time and, at one time, in order of being planned.
 *
 * <p>Each event's time and number go into the trace's digest, so two runs with one digest have done
 * the same things in the same order.
 */
public final class World {
  private final PriorityQueue<Event> events = new PriorityQueue<>(1024);
  private final Streams streams;
  private final Trace trace = new Trace(this);
  private long nowNanos;
  private long sequence;
  private long eventsRun;

  /** The agent whose poll goes on at this moment; those around it stand still. */
  private @Nullable AgentActor polled;

  /** When those that stand still go on at the latest. */
  private long stallsEndNanos = Long.MAX_VALUE;

  public World(long seed) {
    streams = new Streams(seed);
  }

  /** Something planned; can be called off until it has happened. */
  public static final class Event implements Comparable<Event> {
    private final long atNanos;
    private final long sequence;
    private @Nullable Runnable action;

    private Event(long atNanos, long sequence, Runnable action) {
      this.atNanos = atNanos;
      this.sequence = sequence;
      this.action = action;
    }

    public long atNanos() {
      return atNanos;
    }

    public void callOff() {
      action = null;
    }

    @Override
    public int compareTo(Event other) {
      return atNanos != other.atNanos
          ? Long.compare(atNanos, other.atNanos)
          : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(sequence);
    }
  }

  public long nowNanos() {
    return nowNanos;
  }

  /** How many events have happened. */
  public long eventsRun() {
    return eventsRun;
  }

  public Trace trace() {
    return trace;
  }

  /** The stream of chance for one concern; the same name gives the same stream in each run. */
  public RandomGenerator stream(String name) {
    return streams.named(name);
  }

  public Event at(long atNanos, Runnable action) {
    Event event = new Event(Math.max(nowNanos, atNanos), sequence++, action);
    events.add(event);
    return event;
  }

  public Event after(long delayNanos, Runnable action) {
    return at(nowNanos + delayNanos, action);
  }

  /** Lets happen what is planned until {@code endNanos}; time then stands there. */
  public void runUntil(long endNanos) {
    while (runNext(endNanos)) {
      // Until nothing is left before the end.
    }
    nowNanos = Math.max(nowNanos, endNanos);
  }

  /** Time passes until {@code endNanos} inside of what happens now. */
  void runWithin(long endNanos) {
    long endBefore = stallsEndNanos;
    AgentActor standsStill = polled;
    stallsEndNanos = Math.min(endBefore, endNanos);
    polled = null;
    try {
      runUntil(endNanos);
    } finally {
      stallsEndNanos = endBefore;
      polled = standsStill;
    }
  }

  /** No stall that begins now may be longer. */
  long stallsEndNanos() {
    return stallsEndNanos;
  }

  /** The agent whose poll goes on at this moment; null while none is polled. */
  @Nullable AgentActor polled() {
    return polled;
  }

  /** What {@code poll} of {@code agent} returns. */
  int poll(AgentActor agent, IntSupplier poll) {
    AgentActor before = polled;
    polled = agent;
    try {
      return poll.getAsInt();
    } finally {
      polled = before;
    }
  }

  /** Lets the next thing happen if it is planned for {@code endNanos} at the latest. */
  public boolean runNext(long endNanos) {
    Event next = events.peek();
    while (next != null && next.action == null) {
      events.remove();
      next = events.peek();
    }
    Runnable action = next == null ? null : next.action;
    if (next == null || action == null || next.atNanos > endNanos) {
      return false;
    }
    events.remove();
    nowNanos = next.atNanos;
    eventsRun++;
    trace.happened(next.sequence);
    action.run();
    return true;
  }
}
