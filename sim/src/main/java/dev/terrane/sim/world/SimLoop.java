package dev.terrane.sim.world;

import dev.terrane.server.net.LoopExecutor;

/** The network loop of a process: its tasks happen one after the other, a drawn moment later. */
public final class SimLoop implements LoopExecutor {
  private static final long DELAY_NANOS_MIN = 1_000;
  private static final long DELAY_NANOS_MAX = 30_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final NodeProcess process;
  private boolean current;
  private long lastNanos;

  SimLoop(NodeProcess process) {
    this.process = process;
  }

  /** Runs {@code action} now, on the loop. */
  public void run(Runnable action) {
    process.run(() -> {
      boolean before = current;
      current = true;
      try {
        action.run();
      } finally {
        current = before;
      }
    });
  }

  @Override
  public void execute(Runnable task) {
    process.machine().stalls().step("what the network's thread is given");
    World world = process.machine().world();
    long at =
        Math.max(lastNanos, world.nowNanos() + process.draw(DELAY_NANOS_MIN, DELAY_NANOS_MAX));
    lastNanos = at;
    process.after(at - world.nowNanos(), () -> run(task));
  }

  @Override
  public void executeOrRun(Runnable task) {
    if (current) {
      task.run();
    } else {
      execute(task);
    }
  }

  @Override
  public void after(long millis, Runnable task) {
    process.after(millis * NANOS_PER_MILLI + process.draw(0, DELAY_NANOS_MAX), () -> run(task));
  }
}
