package dev.terrane.sim.mutants;

import dev.terrane.pd.tso.TimestampOracle;
import java.util.concurrent.Callable;

/** Whether timestamps rise when leadership of PD goes to a member whose clock is behind. */
public final class TimestampsOfTwoLeaders implements Callable<Boolean> {
  private static final long WINDOW_MILLIS = 3_000;

  @Override
  public Boolean call() {
    TimestampOracle first = TimestampOracle.open(10_000, 0, WINDOW_MILLIS);
    long bound = first.boundToSave(10_000);
    first.saved(bound);
    TimestampOracle second = TimestampOracle.open(5_000, bound, WINDOW_MILLIS);
    second.saved(Math.max(bound, second.boundToSave(5_000)));
    var before = first.allocate(1);
    var after = second.allocate(1);
    return before != null && after != null && after.physicalMillis() > before.physicalMillis();
  }
}
