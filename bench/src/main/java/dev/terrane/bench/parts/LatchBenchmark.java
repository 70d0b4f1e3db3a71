package dev.terrane.bench.parts;

import dev.terrane.common.Bytes;
import dev.terrane.txn.latch.Latch;
import dev.terrane.txn.latch.LatchMode;
import dev.terrane.txn.latch.Latches;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A latch that nobody else wants: taken, continued, released. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LatchBenchmark {
  private static final int KEYS = 1 << 10;

  private final Latches latches = new Latches(1 << 12, 1_000);
  private final Bytes[] keys = Puts.keys(KEYS);
  private int next;
  private int held;

  @Benchmark
  public int takeAndRelease() {
    Latch latch = latches.of(keys[next++ & (KEYS - 1)], LatchMode.SHARED, () -> held++);
    boolean _ = latches.acquire(latch);
    latches.release(latch);
    return held;
  }
}
