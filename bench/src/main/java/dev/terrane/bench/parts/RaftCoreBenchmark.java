package dev.terrane.bench.parts;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.raft.ProposeResult;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Entries from the proposal until all three peers of a group have applied them: every step, Ready
 * and message of all three, without their encoding, disk and network. A score is a batch of entries
 * proposed at once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RaftCoreBenchmark {
  @Param({"1", "16", "256"})
  private int entriesPerBatch;

  private final ThreePeers peers = new ThreePeers();
  private final Bytes data = Puts.values(1)[0];

  @Benchmark
  public long proposeToApplied() {
    long last = 0;
    for (int i = 0; i < entriesPerBatch; i++) {
      if (peers.leader().propose(data) instanceof ProposeResult.Appended appended) {
        last = appended.index();
      }
    }
    peers.settle();
    Invariant.check(
        peers.leader().applied() == last, "applied %d of %d", peers.leader().applied(), last);
    return last;
  }
}
