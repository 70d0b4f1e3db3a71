package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.common.traffic.Traffic;
import dev.terrane.common.traffic.TrafficBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers are counted while they are gathered, and given up where there is no room for them. */
class AnswerRoomTest {
  private static final int ROWS = 100;
  private static final int VALUE_BYTES = 20_000;
  private static final ScanRange ALL = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);

  private final RawFixture raw = new RawFixture(ApiVersion.V1);
  private final TrafficBudget budget = new TrafficBudget(1 << 20);
  private final List<Bytes> keys = new ArrayList<>();

  @BeforeEach
  void fill() {
    for (int i = 0; i < ROWS; i++) {
      Bytes key = Bytes.ofUtf8("k%03d".formatted(i));
      keys.add(key);
      raw.put(key, Bytes.wrap(new byte[VALUE_BYTES]), 0);
    }
    raw.charge = budget.open(Traffic.CLIENT);
  }

  private <T extends @Nullable Object> void assertBusy(RawFixture.Outcome<T> outcome) {
    assertThat(outcome.error()).isInstanceOf(RegionError.ServerIsBusy.class);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void anAnswerThatFitsIsCountedUntilItsReceiverHasSentIt() {
    var scan =
        raw.<List<RawPair>>run(
            reply -> raw.commands.scan(raw.context, ALL, 30, false, false, PairsList.of(reply)));
    assertThat(scan.value()).hasSize(30);
    assertThat(budget.taken()).isGreaterThan(30L * VALUE_BYTES);
    raw.charge.giveAllBack();
    var get = raw.<@Nullable Bytes>run(reply -> raw.commands.get(raw.context, keys.get(0), reply));
    assertThat(get.answered()).isTrue();
    assertThat(budget.taken()).isGreaterThan(VALUE_BYTES);
  }

  @Test
  void aScanWithoutRoomEndsBeforeItHasReadAll() {
    raw.slices = 0;
    assertBusy(
        raw.<List<RawPair>>run(
            reply -> raw.commands.scan(raw.context, ALL, ROWS, false, false, PairsList.of(reply))));
    assertThat(raw.slices).isEqualTo(1);
    assertBusy(
        raw.<List<RawPair>>run(
            reply -> raw.commands.batchGet(raw.context, keys, PairsList.of(reply))));
  }

  @Test
  void theMemoryOfManySmallPairsCountsToo() {
    raw.charge = Charge.uncounted();
    for (int i = 0; i < 6000; i++) {
      raw.put(Bytes.ofUtf8("s%05d".formatted(i)), Bytes.EMPTY, 0);
    }
    raw.charge = budget.open(Traffic.CLIENT);
    ScanRange small = new ScanRange(Bytes.ofUtf8("s"), Bytes.EMPTY);
    assertBusy(
        raw.<List<RawPair>>run(reply ->
            raw.commands.scan(raw.context, small, 6000, false, false, PairsList.of(reply))));
  }

  @Test
  void aSwapWithoutRoomForThePreviousValueHappensNot() {
    Charge others = budget.open(Traffic.RAFT);
    assertThat(others.take(budget.bytesMax())).isTrue();
    int proposals = raw.storage.proposals();
    RawPair pair = new RawPair(keys.get(0), Bytes.ofUtf8("new"));
    Bytes expected = Bytes.wrap(new byte[VALUE_BYTES]);
    var swap =
        raw.<CompareAndSwapAnswer>run(
            reply -> raw.commands.compareAndSwap(raw.context, pair, expected, 0, reply));
    assertThat(swap.error()).isInstanceOf(RegionError.ServerIsBusy.class);
    assertThat(raw.storage.proposals()).isEqualTo(proposals);
    others.close();
    swap =
        raw.<CompareAndSwapAnswer>run(
            reply -> raw.commands.compareAndSwap(raw.context, pair, expected, 0, reply));
    assertThat(swap.answered()).isTrue();
  }

  @Test
  void whoseClientHasGoneGathersNoFurther() {
    raw.charge.close();
    assertBusy(
        raw.<List<RawPair>>run(
            reply -> raw.commands.scan(raw.context, ALL, ROWS, false, false, PairsList.of(reply))));
  }
}
