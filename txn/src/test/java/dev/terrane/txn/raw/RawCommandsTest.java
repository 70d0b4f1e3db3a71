package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.ReadMode;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RawCommandsTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");
  private static final Bytes VALUE = Bytes.ofUtf8("value");

  private final RawFixture v1 = new RawFixture(ApiVersion.V1);
  private final RawFixture ttl = new RawFixture(ApiVersion.V1TTL);
  private final RawFixture v2 = new RawFixture(ApiVersion.V2);

  private static Bytes bytes(int length) {
    return Bytes.wrap(new byte[length]);
  }

  private static @Nullable RawRejection rejectionOfPut(
      RawFixture raw, RawContext context, Bytes key, Bytes value, long ttlSeconds) {
    RawPair pair = new RawPair(key, value);
    RawRejection rejection =
        raw.<Done>run(reply -> raw.commands.put(context, pair, ttlSeconds, reply)).rejection();
    assertThat(raw.storage.proposals()).isZero();
    return rejection;
  }

  @Test
  void whatIsTooLargeIsRejectedByNameAndNothingIsProposed() {
    assertThat(rejectionOfPut(v1, v1.context, bytes((64 << 10) + 1), VALUE, 0))
        .isEqualTo(new RawRejection.KeyTooLarge((64 << 10) + 1, 64 << 10));
    RawPair large = new RawPair(KEY, bytes((8 << 20) + 1));
    RegionError tooLarge = new RegionError.RaftEntryTooLarge(2, (8 << 20) + 1, 8 << 20);
    assertThat(v1.<Done>run(reply -> v1.commands.put(v1.context, large, 0, reply)).error())
        .isEqualTo(tooLarge);
    assertThat(
            v1.<CompareAndSwapAnswer>run(
                    reply -> v1.commands.compareAndSwap(v1.context, large, null, 0, reply))
                .error())
        .isEqualTo(tooLarge);
    List<RawPair> five = Collections.nCopies(5, new RawPair(KEY, bytes(8 << 20)));
    assertThat(
            v1.<Done>run(reply -> v1.commands.batchPut(v1.context, five, List.of(), reply)).error())
        .isEqualTo(new RegionError.RaftEntryTooLarge(2, 5 * (3 + (8 << 20)), 32 << 20));
    List<Bytes> keys = Collections.nCopies(513, bytes(64 << 10));
    assertThat(v1.<Done>run(reply -> v1.commands.batchDelete(v1.context, keys, reply)).error())
        .isEqualTo(new RegionError.RaftEntryTooLarge(2, 513 * (64 << 10), 32 << 20));
    assertThat(
            v1.<List<RawPair>>run(
                    reply -> v1.commands.batchGet(v1.context, keys, PairsList.of(reply)))
                .rejection())
        .isEqualTo(new RawRejection.BatchTooLarge(513 * (64 << 10), 32 << 20));
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    assertThat(
            v1.<List<RawPair>>run(reply ->
                    v1.commands.scan(v1.context, all, 10_241, false, false, PairsList.of(reply)))
                .rejection())
        .isEqualTo(new RawRejection.LimitTooLarge(10_241, 10_240));
    assertThat(v1.storage.proposals()).isZero();
    v1.put(bytes(64 << 10), bytes(8 << 20), 0);
  }

  @Test
  void aBatchOfTooManyItemsIsRejectedHoweverSmallTheyAre() {
    int most = RawLimits.DEFAULT.batchItemsMax();
    RawRejection tooMany = new RawRejection.TooManyItems(most + 1, most);
    List<Bytes> keys = Collections.nCopies(most + 1, KEY);
    List<RawPair> pairs = Collections.nCopies(most + 1, new RawPair(KEY, VALUE));
    assertThat(v1.<Done>run(reply -> v1.commands.batchDelete(v1.context, keys, reply)).rejection())
        .isEqualTo(tooMany);
    assertThat(
            v1.<Done>run(reply -> v1.commands.batchPut(v1.context, pairs, List.of(), reply))
                .rejection())
        .isEqualTo(tooMany);
    assertThat(
            v1.<List<RawPair>>run(
                    reply -> v1.commands.batchGet(v1.context, keys, PairsList.of(reply)))
                .rejection())
        .isEqualTo(tooMany);
    assertThat(tooMany.message()).contains("16385").contains("16384");
    assertThat(v1.storage.proposals()).isZero();
    List<Bytes> allowed = keys.subList(0, most);
    assertThat(
            v1.<Done>run(reply -> v1.commands.batchDelete(v1.context, allowed, reply)).answered())
        .isTrue();
  }

  @Test
  void aLargeBatchIsPreparedOnTheReadPoolAndRefusedWhereThatIsFull() {
    int items = RawCommands.PREPARED_AT_ONCE_ITEMS + 1;
    List<Bytes> keys = Collections.nCopies(items, KEY);
    List<RawPair> pairs = Collections.nCopies(items, new RawPair(KEY, VALUE));
    v1.slices = 0;
    v1.<Done>start(reply -> v1.commands.batchDelete(v1.context, keys, reply));
    v1.<Done>start(reply -> v1.commands.batchPut(v1.context, pairs, List.of(), reply));
    assertThat(v1.storage.proposals()).isZero();
    Bytes other = Bytes.ofUtf8("other");
    v1.<Done>run(reply -> v1.commands.delete(v1.context, other, reply)); // runs the pool, too
    assertThat(v1.storage.proposals()).isEqualTo(3);
    assertThat(v1.get(KEY)).isEqualTo(VALUE);
    v1.readPoolFull(true);
    assertThat(v1.<Done>run(reply -> v1.commands.batchDelete(v1.context, keys, reply)).error())
        .isInstanceOf(RegionError.ServerIsBusy.class);
    List<Bytes> few = keys.subList(1, items);
    assertThat(v1.<Done>run(reply -> v1.commands.batchDelete(v1.context, few, reply)).answered())
        .isTrue();
  }

  @Test
  void ttlIsRejectedWhereItIsOff() {
    assertThat(rejectionOfPut(v1, v1.context, KEY, VALUE, 1))
        .isEqualTo(new RawRejection.TtlDisabled());
  }

  /** On the wire lives are unsigned: the largest one has no end that anybody will see. */
  @Test
  void theLongestLifeEndsWithTheLastSecond() {
    for (long life : new long[] {-1, -2, Long.MIN_VALUE}) {
      ttl.put(KEY, VALUE, life);
      ttl.passSeconds(500L * 366 * 24 * 3600);
      assertThat(ttl.get(KEY)).isEqualTo(VALUE);
    }
    ttl.put(KEY, VALUE, -1);
    TimeToLive left =
        ttl.<@Nullable TimeToLive>run(reply -> ttl.commands.timeToLive(ttl.context, KEY, reply))
            .value();
    assertThat(left).isEqualTo(new TimeToLive(-1 - ttl.wallMillis() / 1000));
  }

  @Test
  void requestsOfAnotherApiVersionAreRejected() {
    RawContext asV2 = new RawContext(FakeRegionStorage.CONTEXT, ReadMode.LEADER, ApiVersion.V2, "");
    assertThat(rejectionOfPut(v1, asV2, KEY, VALUE, 0))
        .isEqualTo(new RawRejection.ApiVersionMismatch(ApiVersion.V1, "V2"));
    assertThat(rejectionOfPut(v2, v1.context, KEY, VALUE, 0))
        .isEqualTo(new RawRejection.ApiVersionMismatch(ApiVersion.V2, "V1"));
    RawContext unknown = new RawContext(FakeRegionStorage.CONTEXT, ReadMode.LEADER, null, "");
    assertThat(rejectionOfPut(v2, unknown, KEY, VALUE, 0))
        .isEqualTo(new RawRejection.ApiVersionMismatch(ApiVersion.V2, "unknown"));
    assertThat(rejectionOfPut(v1, v1.context("region", 0), KEY, VALUE, 0))
        .isEqualTo(new RawRejection.UnknownColumnFamily());
    Bytes key = Bytes.of('r', 0, 0, 0, 1);
    assertThat(rejectionOfPut(v2, v2.context("default", 0), key, VALUE, 0))
        .isEqualTo(new RawRejection.NamedColumnFamily());
  }

  @Test
  void keysOfOtherModesAreRejectedInVersionTwo() {
    for (Bytes key : List.of(KEY, Bytes.EMPTY, Bytes.of('x', 0, 0, 0, 1), Bytes.of('r', 0, 0))) {
      assertThat(rejectionOfPut(v2, v2.context, key, VALUE, 0))
          .isEqualTo(new RawRejection.KeyModeMismatch());
    }
    Bytes prefix = Bytes.of('r', 0, 0, 0);
    for (Bytes end : List.of(Bytes.EMPTY, Bytes.of('x'), Bytes.of('s', 0, 0, 0, 0))) {
      ScanRange range = new ScanRange(prefix, end);
      assertThat(
              v2.<List<RawPair>>run(reply ->
                      v2.commands.scan(v2.context, range, 1, false, false, PairsList.of(reply)))
                  .rejection())
          .isEqualTo(new RawRejection.RangeModeMismatch());
    }
    ScanRange lastKeyspace = new ScanRange(Bytes.of('r', 255, 255, 255), Bytes.of('s', 0, 0, 0));
    assertThat(
            v2.<List<RawPair>>run(reply ->
                    v2.commands.scan(
                        v2.context, lastKeyspace, 1, false, false, PairsList.of(reply)))
                .answered())
        .isTrue();
  }

  @Test
  void scanOfManyRowsReturnsExactlyTheLimitInSlices() {
    for (int i = 0; i < 5000; i++) {
      v1.put(Bytes.ofUtf8("k%05d".formatted(i)), VALUE, 0);
    }
    v1.slices = 0;
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    assertThat(
            v1.<List<RawPair>>run(reply ->
                    v1.commands.scan(v1.context, all, 4321, false, false, PairsList.of(reply)))
                .value())
        .hasSize(4321);
    assertThat(v1.slices).isGreaterThan(3);
  }

  @Test
  void scanIsClampedToTheRegionButMustBeginInIt() {
    for (String key : List.of("b", "c", "d", "e", "f")) {
      v1.put(Bytes.ofUtf8(key), VALUE, 0);
    }
    v1.storage.range(new KeyRange(Bytes.ofUtf8("c"), Bytes.ofUtf8("e")));
    assertThat(scan(v1, "c", "", false))
        .extracting(RawPair::key)
        .map(Bytes::toUtf8)
        .containsExactly("c", "d");
    assertThat(scan(v1, "e", "", true))
        .extracting(RawPair::key)
        .map(Bytes::toUtf8)
        .containsExactly("d", "c");
    for (ScanRange outside :
        List.of(
            new ScanRange(Bytes.ofUtf8("b"), Bytes.EMPTY),
            new ScanRange(Bytes.ofUtf8("e"), Bytes.EMPTY))) {
      assertThat(
              v1.<List<RawPair>>run(reply ->
                      v1.commands.scan(v1.context, outside, 9, false, false, PairsList.of(reply)))
                  .error())
          .isInstanceOf(RegionError.KeyNotInRegion.class);
    }
    ScanRange fromAbove = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    assertThat(
            v1.<List<RawPair>>run(reply ->
                    v1.commands.scan(v1.context, fromAbove, 9, false, true, PairsList.of(reply)))
                .error())
        .isInstanceOf(RegionError.KeyNotInRegion.class);
    assertThat(v1.storage.openReaders()).isZero();
  }

  private static List<RawPair> scan(RawFixture raw, String start, String end, boolean reverse) {
    ScanRange range = new ScanRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end));
    List<RawPair> rows =
        raw.<List<RawPair>>run(reply ->
                raw.commands.scan(raw.context, range, 9, false, reverse, PairsList.of(reply)))
            .value();
    return rows == null ? List.of() : rows;
  }

  @Test
  void answerThatWouldNotFitIsRejectedRatherThanCutShort() {
    RawFixture small =
        new RawFixture(ApiVersion.V1, new RawLimits(1 << 10, 1 << 10, 100, 1 << 12, 100, 2000));
    for (int i = 0; i < 10; i++) {
      small.put(Bytes.ofUtf8("k" + i), bytes(300), 0);
    }
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    assertThat(
            small
                .<List<RawPair>>run(reply ->
                    small.commands.scan(small.context, all, 100, false, false, PairsList.of(reply)))
                .rejection())
        .isEqualTo(new RawRejection.AnswerTooLarge(2000));
    assertThat(small.storage.openReaders()).isZero();
  }

  @Test
  void nothingThatWasReadIsAnsweredOnceTheRegionHasChanged() {
    v1.put(KEY, VALUE, 0);
    v1.storage.recheckFinds(new RegionError.EpochNotMatch(List.of()));
    assertThat(v1.<@Nullable Bytes>run(reply -> v1.commands.get(v1.context, KEY, reply)).error())
        .isInstanceOf(RegionError.EpochNotMatch.class);
    assertThat(v1.storage.openReaders()).isZero();
  }

  @Test
  void fullReadPoolIsServerIsBusy() {
    v1.readPoolFull(true);
    v1.storage.disk.setColdReadEvery(1);
    assertThat(v1.<@Nullable Bytes>run(reply -> v1.commands.get(v1.context, KEY, reply)).error())
        .isInstanceOf(RegionError.ServerIsBusy.class);
    assertThat(v1.storage.openReaders()).isZero();
  }

  @Test
  void swapWaitsForThePutsBeforeItAndKeepsLaterOnesOut() {
    v1.storage.applyAtOnce(false);
    List<RawFixture.Outcome<Done>> put =
        v1.start(reply -> v1.commands.put(v1.context, new RawPair(KEY, VALUE), 0, reply));
    List<RawFixture.Outcome<CompareAndSwapAnswer>> swap =
        v1.start(reply ->
            v1.commands.compareAndSwap(
                v1.context, new RawPair(KEY, Bytes.ofUtf8("new")), VALUE, 0, reply));
    List<RawFixture.Outcome<Done>> later =
        v1.start(reply ->
            v1.commands.put(v1.context, new RawPair(KEY, Bytes.ofUtf8("later")), 0, reply));
    assertThat(v1.storage.proposals()).isEqualTo(1);
    assertThat(swap).isEmpty();

    v1.storage.applyAll();
    assertThat(put).hasSize(1);
    assertThat(swap).hasSize(1);
    assertThat(swap.getFirst().value()).isEqualTo(new CompareAndSwapAnswer(true, VALUE));
    assertThat(later).hasSize(1);
    assertThat(v1.get(KEY)).isEqualTo(Bytes.ofUtf8("later"));
  }

  @Test
  void swapDecidedInAnEarlierTermIsNotProposed() {
    v1.storage.disk.setColdReadEvery(1);
    RawFixture.Outcome<CompareAndSwapAnswer> outcome =
        v1.run(reply -> {
          v1.commands.compareAndSwap(v1.context, new RawPair(KEY, VALUE), null, 0, reply);
          v1.storage.newTerm(); // while the read waits for the disk
        });
    assertThat(outcome.error()).isEqualTo(new RegionError.StaleCommand());
    assertThat(v1.get(KEY)).isNull();
    // The latch is free again.
    v1.put(KEY, VALUE, 0);
  }

  @Test
  void expiredValueIsDeletedOnceSomebodyMeetsItUnlessItWasRenewed() {
    ttl.put(KEY, VALUE, 2);
    ttl.passSeconds(2);
    ttl.storage.applyAtOnce(false);
    assertThat(ttl.get(KEY)).isNull();
    assertThat(ttl.storage.proposals()).as("a put and a clean-up").isEqualTo(2);
    List<RawFixture.Outcome<Done>> renewed =
        ttl.start(reply -> ttl.commands.put(ttl.context, new RawPair(KEY, VALUE), 5, reply));
    ttl.storage.applyAll();
    assertThat(renewed).hasSize(1);
    assertThat(ttl.get(KEY)).isEqualTo(VALUE);

    ttl.passSeconds(5);
    assertThat(ttl.get(KEY)).isNull();
    ttl.storage.applyAll();
    assertThat(ttl.storage.engine.get(ColumnFamily.DEFAULT, KEY)).isNull();
  }

  @Test
  void checksumIsTheOneOfTheSpecification() {
    assertThat(Crc64.update(Crc64.NOTHING, Bytes.ofUtf8("123456789")))
        .isEqualTo(0x995DC9BBDF1939FAL);
    assertThat(
            Crc64.update(Crc64.update(Crc64.NOTHING, Bytes.ofUtf8("1234")), Bytes.ofUtf8("56789")))
        .isEqualTo(0x995DC9BBDF1939FAL);
  }
}
