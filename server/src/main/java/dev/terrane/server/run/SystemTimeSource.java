package dev.terrane.server.run;

import dev.terrane.common.TimeSource;

/** The machine's clocks. */
public final class SystemTimeSource implements TimeSource {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
