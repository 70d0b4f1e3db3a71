package dev.terrane.server.run;

import dev.terrane.common.TimeSource;

/**
 * The machine's clocks. The monotonic one begins anew for each node: what a node does at multiples
 * of its time, such as ticks, the nodes of one machine would otherwise all do at one moment, and
 * candidates that ask for votes at one moment take them from each other.
 */
public final class SystemTimeSource implements TimeSource {
  private final long originNanos = System.nanoTime();

  @Override
  public long nanoTime() {
    return System.nanoTime() - originNanos;
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
