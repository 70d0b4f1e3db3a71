package dev.terrane.compat;

import static dev.terrane.compat.PublishedClient.bytes;
import static dev.terrane.compat.PublishedClient.keyTexts;
import static dev.terrane.compat.PublishedClient.valueTexts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tikv.common.util.Pair;
import org.tikv.common.util.ScanOption;
import org.tikv.kvproto.Kvrpcpb.KvPair;
import org.tikv.shade.com.google.protobuf.ByteString;

/** Every raw operation of the published client, the same in each API version. */
@Timeout(120)
abstract class RawOperations extends ClusterTest {
  private static final ByteString NO_BOUND = ByteString.EMPTY;

  RawOperations(int nodes, String apiVersion) {
    super(nodes, apiVersion, false);
  }

  @AfterEach
  void deleteEverything() {
    raw().deletePrefix(bytes("t/"));
    assertThat(raw().scanPrefix(bytes("t/"))).isEmpty();
  }

  @Test
  void putGetDelete() {
    assertThat(raw().get(bytes("t/a"))).isEmpty();
    raw().put(bytes("t/a"), bytes("1"));
    assertThat(raw().get(bytes("t/a"))).contains(bytes("1"));
    raw().put(bytes("t/a"), bytes("2"));
    assertThat(raw().get(bytes("t/a"))).contains(bytes("2"));
    raw().delete(bytes("t/a"));
    assertThat(raw().get(bytes("t/a"))).isEmpty();
    raw().delete(bytes("t/a"));
  }

  @Test
  void keysAndValuesAreAnyBytes() {
    Random random = new Random(335);
    Map<ByteString, ByteString> entries = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      byte[] key = new byte[1 + random.nextInt(40)];
      byte[] value = new byte[1 + random.nextInt(2_000)];
      random.nextBytes(key);
      random.nextBytes(value);
      entries.put(bytes("t/").concat(ByteString.copyFrom(key)), ByteString.copyFrom(value));
    }
    entries.forEach(raw()::put);
    entries.forEach((key, value) -> assertThat(raw().get(key)).contains(value));
    List<ByteString> sorted =
        entries.keySet().stream().sorted(ByteString.unsignedLexicographicalComparator()).toList();
    assertThat(raw().scanPrefix(bytes("t/")).stream().map(KvPair::getKey)).isEqualTo(sorted);
  }

  @Test
  void aLargeValueArrivesWhole() {
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    raw().put(bytes("t/large"), ByteString.copyFrom(large));
    assertThat(raw().get(bytes("t/large"))).contains(ByteString.copyFrom(large));
  }

  @Test
  void batchPutBatchGetBatchDelete() {
    Map<ByteString, ByteString> entries = new LinkedHashMap<>();
    for (int i = 0; i < 1_000; i++) {
      entries.put(bytes("t/" + (1_000 + i)), bytes("v" + i));
    }
    raw().batchPut(entries);

    List<ByteString> asked = new ArrayList<>(entries.keySet());
    asked.add(bytes("t/none"));
    Map<ByteString, ByteString> found = new LinkedHashMap<>();
    raw().batchGet(asked).forEach(pair -> found.put(pair.getKey(), pair.getValue()));
    assertThat(found).isEqualTo(entries);

    raw().batchDelete(asked.subList(0, 999));
    assertThat(keyTexts(raw().scanPrefix(bytes("t/")))).containsExactly("t/1999");
  }

  @Test
  void scanByLimitByBoundsByPrefixAndKeysOnly() {
    putLetters("abcde");
    assertThat(keyTexts(raw().scan(bytes("t/b"), 2))).containsExactly("t/b", "t/c");
    assertThat(keyTexts(raw().scan(bytes("t/b"), bytes("t/d")))).containsExactly("t/b", "t/c");
    assertThat(keyTexts(raw().scan(bytes("t/b"), bytes("t/z"), 3)))
        .containsExactly("t/b", "t/c", "t/d");
    assertThat(keyTexts(raw().scanPrefix(bytes("t/c")))).containsExactly("t/c");
    assertThat(keyTexts(raw().scanPrefix(bytes("t/"), 2, false))).containsExactly("t/a", "t/b");

    List<KvPair> withValues = raw().scan(bytes("t/a"), bytes("t/c"), 10, false);
    assertThat(valueTexts(withValues)).containsExactly("value a", "value b");
    List<KvPair> keysOnly = raw().scan(bytes("t/a"), bytes("t/c"), 10, true);
    assertThat(keyTexts(keysOnly)).containsExactly("t/a", "t/b");
    assertThat(valueTexts(keysOnly)).containsExactly("", "");
    assertThat(keyTexts(raw().scanPrefix(bytes("t/"), true))).hasSize(5);
    assertThat(valueTexts(raw().scan(bytes("t/b"), 2, true))).containsExactly("", "");
    assertThat(valueTexts(raw().scan(bytes("t/b"), bytes("t/d"), true))).containsExactly("", "");
    assertThat(raw().scan(bytes("t/x"), bytes("t/z"))).isEmpty();
  }

  @Test
  void scansLongerThanOnePageMissNothing() {
    Map<ByteString, ByteString> entries = new LinkedHashMap<>();
    for (int i = 0; i < 12_000; i++) {
      entries.put(bytes("t/" + (100_000 + i)), bytes("v"));
    }
    raw().batchPut(entries);
    assertThat(raw().scanPrefix(bytes("t/")).stream().map(KvPair::getKey))
        .isEqualTo(List.copyOf(entries.keySet()));
  }

  @Test
  void iteratorsWalkTheSameEntries() {
    putLetters("abc");
    assertThat(walk(raw().scan0(bytes("t/a"), bytes("t/z"), 10)))
        .containsExactly("t/a", "t/b", "t/c");
    assertThat(walk(raw().scan0(bytes("t/b"), bytes("t/z")))).containsExactly("t/b", "t/c");
    assertThat(walk(raw().scan0(bytes("t/b"), 1))).containsExactly("t/b");
    assertThat(walk(raw().scanPrefix0(bytes("t/")))).containsExactly("t/a", "t/b", "t/c");
    assertThat(walk(raw().scanPrefix0(bytes("t/"), 2, true))).containsExactly("t/a", "t/b");
    assertThat(walk(raw().scanPrefix0(bytes("t/"), true))).containsExactly("t/a", "t/b", "t/c");
    assertThat(walk(raw().scan0(bytes("t/b"), 1, true))).containsExactly("t/b");
    assertThat(walk(raw().scan0(bytes("t/b"), bytes("t/z"), true))).containsExactly("t/b", "t/c");
    assertThat(walk(raw().scan0(bytes("t/a"), bytes("t/z"), 2, true)))
        .containsExactly("t/a", "t/b");
  }

  @Test
  void batchScan() {
    putLetters("abcdef");
    List<List<KvPair>> parts =
        raw().batchScan(List.of(scanOption("t/a", "t/c", 10), scanOption("t/c", "t/z", 2)));
    assertThat(parts.stream().map(PublishedClient::keyTexts))
        .containsExactly(List.of("t/a", "t/b"), List.of("t/c", "t/d"));

    List<List<ByteString>> keys =
        raw().batchScanKeys(List.of(Pair.create(bytes("t/d"), bytes("t/z"))), 10);
    assertThat(keys).containsExactly(List.of(bytes("t/d"), bytes("t/e"), bytes("t/f")));
  }

  @Test
  void ingestWritesThroughTheBulkLoader() {
    raw().put(bytes("t/1000"), bytes("old"));
    List<Pair<ByteString, ByteString>> entries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      entries.add(Pair.create(bytes("t/" + (1_000 + i)), bytes("v" + i)));
    }
    raw().ingest(entries);
    assertThat(raw().get(bytes("t/1000"))).contains(bytes("v0"));
    List<KvPair> found = raw().scanPrefix(bytes("t/"));
    assertThat(found.stream().map(KvPair::getKey))
        .isEqualTo(entries.stream().map(entry -> entry.first).toList());
    assertThat(found.stream().map(KvPair::getValue))
        .isEqualTo(entries.stream().map(entry -> entry.second).toList());
  }

  @Test
  void deleteRangeAndDeletePrefix() {
    putLetters("abcdef");
    raw().deleteRange(bytes("t/b"), bytes("t/d"));
    assertThat(keyTexts(raw().scanPrefix(bytes("t/")))).containsExactly("t/a", "t/d", "t/e", "t/f");
    raw().put(bytes("t/ea"), bytes("x"));
    raw().deletePrefix(bytes("t/e"));
    assertThat(keyTexts(raw().scanPrefix(bytes("t/")))).containsExactly("t/a", "t/d", "t/f");
  }

  @Test
  void deleteRangeWithoutBoundsDeletesEverything() {
    putLetters("abc");
    raw().put(bytes("other"), bytes("1"));
    raw().deleteRange(NO_BOUND, NO_BOUND);
    assertThat(raw().scan(NO_BOUND, 10)).isEmpty();
  }

  @Test
  void warmUpFindsEveryStore() {
    client().session().warmUp();
    raw().put(bytes("t/a"), bytes("1"));
    assertThat(raw().get(bytes("t/a"))).contains(bytes("1"));
  }

  @Test
  void theGuardedClientDoesTheSame() throws Exception {
    var smart = client().session().createSmartRawClient();
    smart.put(bytes("t/a"), bytes("1"));
    assertThat(smart.get(bytes("t/a"))).contains(bytes("1"));
    assertThat(keyTexts(smart.scanPrefix(bytes("t/")))).containsExactly("t/a");
    smart.delete(bytes("t/a"));
    assertThat(smart.get(bytes("t/a"))).isEmpty();
  }

  private void putLetters(String letters) {
    letters
        .chars()
        .mapToObj(Character::toString)
        .forEach(letter -> raw().put(bytes("t/" + letter), bytes("value " + letter)));
  }

  private static List<String> walk(Iterator<KvPair> pairs) {
    List<KvPair> all = new ArrayList<>();
    pairs.forEachRemaining(all::add);
    return keyTexts(all);
  }

  private static ScanOption scanOption(String start, String end, int limit) {
    return ScanOption.newBuilder()
        .setStartKey(bytes(start))
        .setEndKey(bytes(end))
        .setLimit(limit)
        .setKeyOnly(false)
        .build();
  }
}
