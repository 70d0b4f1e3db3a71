package dev.terrane.sim.node;

import dev.terrane.sim.world.NodeProcess;
import dev.terrane.txn.ReadPool;

/** The read pool: bounded, and each slice a drawn moment later. */
final class SimReadPool implements ReadPool {
  private static final int QUEUED_MAX = 256;
  private static final long DELAY_NANOS_MIN = 5_000;
  private static final long DELAY_NANOS_MAX = 400_000;

  private final NodeProcess process;
  private int queued;

  SimReadPool(NodeProcess process) {
    this.process = process;
  }

  @Override
  public boolean submit(Runnable work) {
    if (queued >= QUEUED_MAX) {
      return false;
    }
    resume(work);
    return true;
  }

  @Override
  public void resume(Runnable slice) {
    queued++;
    process.after(
        process.draw(DELAY_NANOS_MIN, DELAY_NANOS_MAX) + process.machine().disk().readDelayNanos(),
        () -> {
          queued--;
          slice.run();
        });
  }
}
