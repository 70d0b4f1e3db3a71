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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.tikv.raw.RawKVClient;

/** API version 1 with times to live. */
class ApiV1TtlTest {
  /** Everything works as without times to live. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class Plain extends RawOperations {
    private final PublishedClient client = PublishedClient.connect(1, "1ttl", false);

    @Override
    PublishedClient client() {
      return client;
    }

    @AfterAll
    void close() {
      client.close();
    }
  }

  /** Entries that go away by themselves. */
  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  @Timeout(60)
  class Expiring {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final PublishedClient client = PublishedClient.connect(1, "1ttl", true);
    private final RawKVClient raw = client.raw();

    @AfterAll
    void close() {
      client.close();
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
