package dev.terrane.client.grpc;

import dev.terrane.common.TimeSource;

/** The machine's clocks. */
final class MachineTime implements TimeSource {
  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}
