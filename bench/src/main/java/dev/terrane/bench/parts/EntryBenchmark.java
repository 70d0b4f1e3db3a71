package dev.terrane.bench.parts;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.store.wire.EntryFormat;
import dev.terrane.txn.Mutations;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What it takes to write puts into a log entry, and to read them from it. A score is an entry. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EntryBenchmark {
  @Param({"1", "16", "256"})
  private int putsPerEntry;

  private Bytes[] keys = new Bytes[0];
  private Bytes[] values = new Bytes[0];
  private Bytes entry = Bytes.EMPTY;

  @Setup
  public void setUp() {
    keys = Puts.keys(putsPerEntry);
    values = Puts.values(putsPerEntry);
    entry = encode();
  }

  @Benchmark
  public Bytes encode() {
    Bytes[] payloads = new Bytes[putsPerEntry];
    int bytes = 0;
    for (int i = 0; i < putsPerEntry; i++) {
      payloads[i] = Mutations.put(ColumnFamily.DEFAULT, keys[i], values[i]).encoded();
      bytes += payloads[i].length() + EntryFormat.PROPOSAL_OVERHEAD_BYTES;
    }
    EntryFormat.Builder builder = new EntryFormat.Builder(bytes);
    for (int i = 0; i < putsPerEntry; i++) {
      builder.add(i, 1, payloads[i]);
    }
    return builder.build();
  }

  @Benchmark
  public void decode(Blackhole hole) {
    EntryFormat.forEach(
        entry,
        (requestId, epochVersion, payload) -> {
          hole.consume(requestId);
          Mutations.decode(payload).forEach(new Consumed(hole));
        });
  }
}
