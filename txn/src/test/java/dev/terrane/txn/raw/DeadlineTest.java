package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A request that says how long it may be worked on. */
class DeadlineTest {
  private static final RegionError EXCEEDED = new RegionError.Other("Deadline is exceeded");
  private static final Bytes KEY = Bytes.ofUtf8("key");
  private static final Bytes VALUE = Bytes.ofUtf8("value");

  private final RawFixture raw = new RawFixture(ApiVersion.V1);
  private final RawContext halfASecond = raw.context("", 500);

  @Test
  void aReadThatWaitedTooLongIsRefusedAndLeavesNothingOpen() {
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    List<RawFixture.Outcome<List<RawPair>>> scan =
        raw.start(
            reply -> raw.commands.scan(halfASecond, all, 9, false, false, PairsList.of(reply)));
    assertThat(scan).isEmpty();
    raw.passSeconds(1);
    raw.runReads();
    assertThat(scan.getFirst().error()).isEqualTo(EXCEEDED);
    assertThat(raw.storage.openReaders()).isZero();
  }

  @Test
  void aWriteThatWaitedTooLongForOthersIsNeverProposed() {
    raw.storage.applyAtOnce(false);
    raw.<CompareAndSwapAnswer>start(
        reply -> raw.commands.compareAndSwap(raw.context, new RawPair(KEY, VALUE), null, 0, reply));
    List<RawFixture.Outcome<Done>> put =
        raw.start(reply -> raw.commands.put(halfASecond, new RawPair(KEY, Bytes.EMPTY), 0, reply));
    List<RawFixture.Outcome<CompareAndSwapAnswer>> swap =
        raw.start(reply ->
            raw.commands.compareAndSwap(
                halfASecond, new RawPair(KEY, Bytes.EMPTY), VALUE, 0, reply));
    raw.passSeconds(1);
    raw.storage.applyAll();
    assertThat(put.getFirst().error()).isEqualTo(EXCEEDED);
    assertThat(swap.getFirst().error()).isEqualTo(EXCEEDED);
    assertThat(raw.storage.proposals()).isOne();
    assertThat(raw.get(KEY)).isEqualTo(VALUE);
    raw.storage.applyAtOnce(true);
    raw.put(KEY, KEY, 0); // the latch is free
  }

  /** Nobody could say that it did not happen. */
  @Test
  void aWriteThatIsProposedIsWaitedForWhateverItsTime() {
    raw.storage.applyAtOnce(false);
    List<RawFixture.Outcome<Done>> put =
        raw.start(reply -> raw.commands.put(halfASecond, new RawPair(KEY, VALUE), 0, reply));
    raw.passSeconds(5);
    raw.storage.applyAll();
    assertThat(put.getFirst().answered()).isTrue();
  }

  @Test
  void noTimeAndNoEndOfTimeAreNoBound() {
    raw.put(KEY, VALUE, 0);
    for (long millis : new long[] {0, -1, Long.MAX_VALUE}) {
      raw.storage.disk.setColdReadEvery(1);
      List<RawFixture.Outcome<@Nullable Bytes>> get =
          raw.start(reply -> raw.commands.get(raw.context("", millis), KEY, reply));
      raw.passSeconds(3600);
      raw.runReads();
      assertThat(get.getFirst().value()).isEqualTo(VALUE);
    }
  }
}
