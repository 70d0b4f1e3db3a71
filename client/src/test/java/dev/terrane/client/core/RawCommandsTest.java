package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static dev.terrane.client.core.Bench.pair;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.KeyTtl;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawChecksum;
import dev.terrane.client.RawScan;
import dev.terrane.client.RefusedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operations do, on one Region and across several, in both API versions. */
final class RawCommandsTest {
  private static Bench opened(boolean version2) {
    return new Bench(version2, config -> config);
  }

  /** Keys 000 to 299, in Regions that end at 100 and 200, of which the last is led elsewhere. */
  private static Bench filled(boolean version2) {
    Bench bench = opened(version2);
    KeyCodec codec = version2 ? KeyCodec.version2(FakePd.KEYSPACE_ID) : KeyCodec.version1();
    bench.cluster.split(codec.toWire(key("100")));
    bench.cluster.split(codec.toWire(key("200")));
    bench.cluster.lead(codec.toWire(key("200")), 3);
    for (int i = 0; i < 300; i++) {
      bench.cluster.data.put(codec.toWire(key(name(i))), key("v" + i));
    }
    return bench;
  }

  private static String name(int i) {
    return String.format("%03d", i);
  }

  private static List<String> keysOf(@Nullable List<KeyValue> pairs) {
    return pairs == null ? List.of() : pairs.stream().map(each -> each.key().toUtf8()).toList();
  }

  private static List<String> names(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      names.add(name(i));
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void putsGetsAndDeletes(boolean version2) {
    Bench bench = opened(version2);
    assertThat(bench.get("k").answer()).isEqualTo(Optional.empty());
    bench.put("k", "v");
    assertThat(bench.get("k").answer()).isEqualTo(Optional.of(key("v")));
    bench.put("k", "");
    assertThat(bench.get("k").answer()).as("empty is not absent").isEqualTo(Optional.of(key("")));
    bench.<@Nullable Void>run(outcome -> bench.raw.delete(key("k"), outcome));
    assertThat(bench.get("k").answer()).isEqualTo(Optional.empty());
  }

  @Test
  void theKeysOfVersion2CarryTheirKeyspace() {
    Bench bench = opened(true);
    bench.put("k", "v");
    assertThat(bench.cluster.data).containsOnlyKeys(Bytes.of('r', 0, 0, FakePd.KEYSPACE_ID, 'k'));
  }

  @Test
  void aKeyspaceThatDoesNotExistIsNamed() {
    Bench bench = new Bench(true, config -> Bench.config("nowhere", true));
    assertThat(bench.put("k", "v").failure())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("keyspace does not exist");
  }

  @Test
  void anErrorOfTheStoreReachesTheCaller() {
    Bench bench = opened(false);
    Outcome<@Nullable Void> outcome =
        bench.run(each -> bench.raw.put(key("k"), key("v"), Duration.ofSeconds(5), each));
    assertThat(outcome.failure())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("ttl is not enabled");
  }

  @Test
  void swapsOnlyWhatIsExpected() {
    Bench bench = opened(false);
    assertThat(bench.swap("k", null, "1").answer())
        .isEqualTo(new CompareAndSwapResult(true, Optional.empty()));
    assertThat(bench.swap("k", null, "2").answer())
        .isEqualTo(new CompareAndSwapResult(false, Optional.of(key("1"))));
    assertThat(bench.swap("k", "1", "2").answer())
        .isEqualTo(new CompareAndSwapResult(true, Optional.of(key("1"))));
    Outcome<CompareAndSwapResult> removal =
        bench.run(each -> bench.raw.compareAndSwap(key("k"), key("2"), null, Duration.ZERO, each));
    assertThat(removal.answer()).isEqualTo(new CompareAndSwapResult(true, Optional.of(key("2"))));
    assertThat(bench.get("k").answer()).isEqualTo(Optional.empty());
  }

  @Test
  void tellsHowLongAKeyLives() {
    Bench bench = opened(false);
    bench.put("k", "v");
    Outcome<KeyTtl> present = bench.run(each -> bench.raw.ttl(key("k"), each));
    Outcome<KeyTtl> absent = bench.run(each -> bench.raw.ttl(key("x"), each));
    assertThat(present.answer()).isEqualTo(new KeyTtl.Unlimited());
    assertThat(absent.answer()).isEqualTo(new KeyTtl.Absent());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void scansAcrossRegionsBothWays(boolean version2) {
    Bench bench = filled(version2);
    KeyRange range = new KeyRange(key("050"), key("250"));
    RawScan scan = RawScan.of(range, 10_240);

    assertThat(keysOf(bench.scan(scan).answer())).isEqualTo(names(50, 250));

    List<String> downwards = names(50, 250);
    Collections.reverse(downwards);
    assertThat(keysOf(bench.scan(scan.reversed()).answer())).isEqualTo(downwards);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void scansWithoutBoundsBothWays(boolean version2) {
    Bench bench = filled(version2);
    RawScan scan = RawScan.of(KeyRange.ALL, 10_240);

    assertThat(keysOf(bench.scan(scan).answer())).isEqualTo(names(0, 300));

    Bench fresh = filled(version2);
    List<String> downwards = names(0, 300);
    Collections.reverse(downwards);
    assertThat(keysOf(fresh.scan(scan.reversed()).answer())).isEqualTo(downwards);
  }

  @Test
  void aScanStopsAtItsLimitAndCanLeaveValuesOut() {
    Bench bench = filled(false);
    RawScan scan = RawScan.of(new KeyRange(key("090"), Bytes.EMPTY), 20).withKeysOnly();

    List<KeyValue> found = bench.scan(scan).answer();

    assertThat(keysOf(found)).isEqualTo(names(90, 110));
    assertThat(found).allMatch(each -> each.value().isEmpty());
  }

  @Test
  void aPageThatAStoreRefusesIsTriedSmaller() {
    Bench bench = filled(false);
    bench.cluster.refusePagesAbove(10);

    assertThat(keysOf(bench.scan(RawScan.of(KeyRange.ALL, 200)).answer())).isEqualTo(names(0, 200));

    bench.cluster.refusePagesAbove(0);
    assertThat(bench.scan(RawScan.of(KeyRange.ALL, 5)).failure())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void pagesAreSizedByWhatWasFound() {
    Bench bench = opened(false);
    Bytes value = Bytes.wrap(new byte[1 << 20]);
    for (int i = 0; i < 300; i++) {
      bench.cluster.data.put(key(name(i)), value);
    }
    assertThat(bench.scan(RawScan.of(KeyRange.ALL, 265)).answer()).hasSize(265);
    assertThat(bench.cluster.pages()).containsExactly(256, 3, 3, 3);
  }

  @Test
  void aReverseScanBeginsBelowAnExclusiveBoundOfARegion() {
    Bench bench = filled(false);
    RawScan scan = RawScan.of(new KeyRange(key("000"), key("200")), 3).reversed();
    assertThat(keysOf(bench.scan(scan).answer())).containsExactly("199", "198", "197");
  }

  @Test
  void aScanGoesOnWhereASplitHappensInTheMiddle() {
    Bench bench = filled(false);
    RawScan scan = RawScan.of(KeyRange.ALL, 10_240);
    bench.scan(scan);
    bench.cluster.split(key("150"));
    bench.cluster.split(key("020"));

    assertThat(keysOf(bench.scan(scan).answer())).isEqualTo(names(0, 300));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void batchesAreCutByRegion(boolean version2) {
    Bench bench = filled(version2);
    List<KeyValue> pairs = new ArrayList<>();
    for (int i = 299; i >= 0; i--) {
      pairs.add(pair(name(i), "old"));
      pairs.add(pair(name(i), "new" + i));
    }

    bench.<@Nullable Void>run(each -> bench.raw.batchPut(pairs, Duration.ZERO, each));

    Map<Bytes, Bytes> found = requireNonNull(bench.batchGet("299", "x", "000", "150").answer());
    assertThat(found.entrySet())
        .extracting(each -> each.getKey().toUtf8() + "=" + each.getValue().toUtf8())
        .as("in the order asked for; the last pair of a key counts")
        .containsExactly("299=new299", "000=new0", "150=new150");

    bench.<@Nullable Void>run(each -> bench.raw.batchDelete(List.of(key("000"), key("299")), each));
    assertThat(bench.cluster.data).hasSize(298);
  }

  @Test
  void aBatchFollowsASplitThatItMeets() {
    Bench bench = opened(false);
    bench.put("a", "1");
    bench.cluster.pd().lagBehind();
    bench.cluster.split(key("m"));
    bench.cluster.lead(key("m"), 2);

    Outcome<@Nullable Void> put =
        bench.run(each ->
            bench.raw.batchPut(List.of(pair("a", "2"), pair("z", "26")), Duration.ZERO, each));

    assertThat(put.hasSucceeded()).isTrue();
    assertThat(bench.cluster.data).containsEntry(key("z"), key("26"));
  }

  @Test
  void aBatchThatIsDoneInPartIsUndetermined() {
    Bench bench = filled(false);
    bench.batchGet("000", "299");
    bench.cluster.refuseNext(3, new RegionError.RaftEntryTooLarge(10, 9_000_000));

    Outcome<@Nullable Void> put =
        bench.run(each ->
            bench.raw.batchPut(List.of(pair("000", "x"), pair("299", "x")), Duration.ZERO, each));

    assertThat(put.failure()).hasMessageContaining("1 of 2 parts");
  }

  @Test
  void removesARangeAcrossRegions() {
    Bench bench = filled(false);
    bench.<@Nullable Void>run(
        each -> bench.raw.deleteRange(new KeyRange(key("010"), key("290")), each));
    assertThat(bench.cluster.data).hasSize(20);
    bench.<@Nullable Void>run(each -> bench.raw.deleteRange(KeyRange.ALL, each));
    assertThat(bench.cluster.data).isEmpty();
  }

  @Test
  void sumsARangeAcrossRegions() {
    Bench bench = filled(false);
    Outcome<RawChecksum> sum =
        bench.run(each -> bench.raw.checksum(new KeyRange(key("000"), key("010")), each));
    assertThat(sum.answer()).isEqualTo(new RawChecksum(10, 10, 50));
    Outcome<RawChecksum> all = bench.run(each -> bench.raw.checksum(KeyRange.ALL, each));
    assertThat(all.answer()).extracting(RawChecksum::keys).isEqualTo(300L);
  }

  @Test
  void whatIsEmptyAsksNobody() {
    Bench bench = opened(false);
    bench.network.cutOff("pd1:2379");
    assertThat(bench.scan(RawScan.of(KeyRange.ALL, 0)).answer()).isEmpty();
    assertThat(bench.scan(RawScan.of(new KeyRange(key("b"), key("a")), 5)).answer()).isEmpty();
    assertThat(bench.batchGet().answer()).isEmpty();
  }

  @Test
  void argumentsOutOfBoundsAreNamedAndNothingIsSent() {
    RawCommands raw = opened(false).raw;
    Bytes longKey = Bytes.wrap(new byte[65_537]);
    Bytes longValue = Bytes.wrap(new byte[(8 << 20) + 1]);
    Bytes value = Bytes.wrap(new byte[8 << 20]);
    List<KeyValue> batch = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      batch.add(new KeyValue(key("k" + i), value));
    }
    refused("65537", () -> raw.get(longKey, new Outcome<>()));
    refused("8388609", () -> raw.put(key("k"), longValue, Duration.ZERO, new Outcome<>()));
    refused("negative", () -> raw.put(key("k"), value, Duration.ofSeconds(-1), new Outcome<>()));
    refused("whole", () -> raw.put(key("k"), value, Duration.ofMillis(1), new Outcome<>()));
    refused("33554432", () -> raw.batchPut(batch, Duration.ZERO, new Outcome<>()));
    refused("10241", () -> raw.scan(RawScan.of(KeyRange.ALL, 10_241), new Outcome<>()));
    refused("-1", () -> raw.scan(RawScan.of(KeyRange.ALL, -1), new Outcome<>()));
  }

  private static void refused(String part, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void whatGathersLeavesTogether() {
    Bench bench = opened(false);
    bench.put("k", "v");
    List<Outcome<@Nullable Void>> writes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Outcome<@Nullable Void> outcome = new Outcome<>();
      bench.raw.put(key("k" + i), key("v"), Duration.ZERO, outcome);
      writes.add(outcome);
    }
    bench.network.runUntil(
        bench.core, () -> writes.stream().allMatch(Outcome::hasSucceeded), Bench.MINUTE_NANOS);

    assertThat(bench.network.messageSizes()).containsExactly(1, 128, 128, 44);
  }

  @Test
  void aMessageIsBoundedInBytes() {
    Bench bench = opened(false);
    bench.put("k", "v");
    Bytes value = Bytes.wrap(new byte[600_000]);
    List<Outcome<@Nullable Void>> writes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Outcome<@Nullable Void> outcome = new Outcome<>();
      bench.raw.put(key("k" + i), value, Duration.ZERO, outcome);
      writes.add(outcome);
    }
    bench.network.runUntil(
        bench.core, () -> writes.stream().allMatch(Outcome::hasSucceeded), Bench.MINUTE_NANOS);

    assertThat(bench.network.messageSizes()).containsExactly(1, 1, 1, 1);
  }
}
