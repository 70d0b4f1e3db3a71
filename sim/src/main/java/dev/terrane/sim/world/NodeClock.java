package dev.terrane.sim.world;

import dev.terrane.common.TimeSource;

/**
 * The clocks of one machine. Its monotonic clock runs a little fast or slow and starts anywhere
 * when the machine does; its wall clock can be set by anyone at any time.
 */
public final class NodeClock implements TimeSource {
  private static final long WALL_MILLIS_AT_START = 1_700_000_000_000L;
  private static final long MILLION = 1_000_000;

  private final World world;
  private final Machine machine;
  private final long driftPpm;
  private long originNanos;
  private long wallOffsetMillis;

  NodeClock(Machine machine, long driftPpm, long originNanos) {
    this.machine = machine;
    this.world = machine.world();
    this.driftPpm = driftPpm;
    this.originNanos = originNanos;
  }

  @Override
  public long nanoTime() {
    machine.stalls().step("a clock to be read");
    long nanos = reading();
    machine.stalls().clockRead();
    return nanos;
  }

  private long reading() {
    long now = world.nowNanos();
    // In two parts, since the product of all nanoseconds would overflow after days.
    return originNanos + now + now / MILLION * driftPpm + now % MILLION * driftPpm / MILLION;
  }

  /** The first moment of the world at which this clock shows {@code localNanos} or more. */
  long worldNanosOf(long localNanos) {
    long ahead = localNanos - reading();
    if (ahead <= 0) {
      return world.nowNanos();
    }
    return world.nowNanos() + (long) (ahead / (1 + driftPpm / 1e6)) + 2;
  }

  @Override
  public long wallMillis() {
    return WALL_MILLIS_AT_START + wallOffsetMillis + nanoTime0() / MILLION;
  }

  private long nanoTime0() {
    return reading() - originNanos;
  }

  /** The machine starts: its monotonic clock begins anew, and nothing may remember the old one. */
  void restart(long newOriginNanos) {
    originNanos = newOriginNanos;
  }

  /** Somebody sets the wall clock. */
  public void jump(long millis) {
    wallOffsetMillis += millis;
  }

  @Override
  public String toString() {
    return "drift " + driftPpm + " ppm";
  }
}
