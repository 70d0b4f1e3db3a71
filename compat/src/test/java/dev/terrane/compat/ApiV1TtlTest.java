package dev.terrane.compat;

import static dev.terrane.compat.PublishedClient.bytes;
import static dev.terrane.compat.PublishedClient.keyTexts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tikv.common.util.Pair;
import org.tikv.raw.RawKVClient;

/** API version 1 with times to live. */
class ApiV1TtlTest {
  /** Everything works as without times to live. */
  @Nested
  class Plain extends RawOperations {
    Plain() {
      super(1, "1ttl");
    }
  }

  /** Entries that go away by themselves. */
  @Nested
  @Timeout(60)
  class Expiring extends ClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final RawKVClient raw = raw();

    Expiring() {
      super(1, "1ttl", true);
    }

    @Test
    void anEntryTellsHowLongItLivesAndThenIsGone() {
      raw.put(bytes("short"), bytes("1"), 2);
      raw.put(bytes("long"), bytes("1"), 1_000);
      raw.put(bytes("forever"), bytes("1"));

      assertThat(raw.getKeyTTL(bytes("short")).orElseThrow()).isBetween(0L, 2L);
      assertThat(raw.getKeyTTL(bytes("long")).orElseThrow()).isBetween(900L, 1_000L);
      assertThat(raw.getKeyTTL(bytes("forever"))).contains(0L);
      assertThat(raw.getKeyTTL(bytes("none"))).isEmpty();

      await().atMost(PATIENCE).until(() -> raw.get(bytes("short")).isEmpty());
      assertThat(raw.getKeyTTL(bytes("short"))).isEmpty();
      assertThat(keyTexts(raw.scan(bytes("a"), bytes("z")))).containsExactly("forever", "long");
      assertThat(raw.batchGet(new ArrayList<>(List.of(bytes("short"))))).isEmpty();
    }

    @Test
    void aBatchExpiresTogether() {
      raw.batchPut(Map.of(bytes("A1"), bytes("1"), bytes("A2"), bytes("2")), 2);
      assertThat(raw.getKeyTTL(bytes("A1")).orElseThrow()).isBetween(0L, 2L);
      await().atMost(PATIENCE).until(() -> raw.scanPrefix(bytes("A")).isEmpty());
    }

    @Test
    void ingestedEntriesExpireTogether() {
      raw.ingest(
          List.of(Pair.create(bytes("C1"), bytes("1")), Pair.create(bytes("C2"), bytes("1"))),
          1_000L);
      assertThat(raw.getKeyTTL(bytes("C1")).orElseThrow()).isBetween(900L, 1_000L);
      assertThat(raw.getKeyTTL(bytes("C2")).orElseThrow()).isBetween(900L, 1_000L);
      raw.deletePrefix(bytes("C"));
    }

    @Test
    void compareAndSetTakesAnExpiredEntryForAbsent() {
      raw.putIfAbsent(bytes("B"), bytes("1"), 2);
      assertThat(raw.putIfAbsent(bytes("B"), bytes("2"), 2)).contains(bytes("1"));
      await().atMost(PATIENCE).until(() -> raw.get(bytes("B")).isEmpty());
      raw.compareAndSet(bytes("B"), Optional.empty(), bytes("3"), 1_000);
      assertThat(raw.get(bytes("B"))).contains(bytes("3"));
      assertThat(raw.getKeyTTL(bytes("B")).orElseThrow()).isBetween(900L, 1_000L);
    }
  }
}
