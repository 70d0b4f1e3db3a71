package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A batch ends however many parts it falls into; on a small stack, so that depth would show. */
final class LargeBatchTest {
  private static final int STACK_BYTES = 256 << 10;

  private final Bench bench = new Bench();

  private static Bytes numbered(int number) {
    return Bytes.of('k', number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
  }

  private static List<Bytes> keys(int count) {
    List<Bytes> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(numbered(i));
    }
    return keys;
  }

  private static void onSmallStack(Runnable test) throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                test.run();
              } catch (Throwable thrown) {
                failure.set(thrown);
              }
            },
            "small stack",
            STACK_BYTES);
    thread.start();
    thread.join();
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new AssertionError("failed on the small stack", thrown);
    }
  }

  @Test
  void endsOverThousandsOfParts() throws InterruptedException {
    onSmallStack(() -> {
      List<Bytes> keys = keys(3_000_000);
      Outcome<@Nullable Void> deleted = bench.run(outcome -> bench.raw.batchDelete(keys, outcome));
      assertThat(deleted.hasSucceeded()).isTrue();
      assertThat(bench.cluster.served()).isGreaterThan(2_900);
    });
  }

  @Test
  void endsOverThousandsOfRegions() throws InterruptedException {
    int regions = 1_500;
    for (int i = 1; i < regions; i++) {
      bench.cluster.split(numbered(i));
    }
    onSmallStack(() -> {
      List<KeyValue> pairs =
          keys(regions).stream().map(key -> new KeyValue(key, key("v"))).toList();
      assertThat(bench.get("a").hasSucceeded()).isTrue();

      // The first batch finds the Regions, the second knows them all.
      for (int round = 0; round < 2; round++) {
        assertThat(
                bench
                    .<@Nullable Void>run(
                        outcome -> bench.raw.batchPut(pairs, Duration.ZERO, outcome))
                    .hasSucceeded())
            .isTrue();
      }
      Outcome<Map<Bytes, Bytes>> read =
          bench.run(outcome -> bench.raw.batchGet(keys(regions), outcome));
      assertThat(read.answer()).hasSize(regions);
    });
  }
}
