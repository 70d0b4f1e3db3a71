package dev.terrane.sim.cluster;

import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import java.util.function.BooleanSupplier;

/** What plots are made of: one thing after the other, as long as there is to be harm at all. */
final class Steps {
  private static final long MILLI = 1_000_000;

  private final World world;
  private final Faults faults;

  Steps(World world, Faults faults) {
    this.world = world;
    this.faults = faults;
  }

  /** Takes down in the timeline what is done. */
  void say(String what) {
    world.trace().line("----", what);
  }

  /** Goes on with {@code then} once {@code condition} holds, if that is soon enough. */
  void once(BooleanSupplier condition, long atMostMillis, Runnable then) {
    if (faults.isOver()) {
      return;
    }
    if (condition.getAsBoolean()) {
      then.run();
    } else if (atMostMillis > 0) {
      world.after(MILLI, () -> once(condition, atMostMillis - 1, then));
    }
  }

  /** What must come about by then, or the run has failed; not if the harm ends before. */
  void demand(String what, BooleanSupplier condition, long atMostMillis) {
    if (faults.isOver() || condition.getAsBoolean()) {
      return;
    }
    if (atMostMillis <= 0) {
      throw new SimulationFailure("not in time: " + what);
    }
    world.after(MILLI, () -> demand(what, condition, atMostMillis - 1));
  }

  void later(long millis, Runnable then) {
    world.after(
        millis * MILLI,
        () -> {
          if (!faults.isOver()) {
            then.run();
          }
        });
  }
}
