package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.RefusedException;
import dev.terrane.client.UnavailableException;
import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A call that a store does not serve finds another way, or ends with what is known of it. */
final class RecoveryTest {
  private final Bench bench = new Bench();

  private void write(String key, String value) {
    assertThat(bench.put(key, value).hasSucceeded()).isTrue();
  }

  private void reads(String key, String value) {
    assertThat(bench.get(key).answer()).isEqualTo(Optional.of(key(value)));
  }

  @Test
  void followsTheLeaderThatAStoreNames() {
    write("k", "1");
    int asked = bench.cluster.pd().asked();
    bench.cluster.lead(key("k"), 3);

    reads("k", "1");

    assertThat(bench.cluster.pd().asked()).as("no need to ask PD").isEqualTo(asked);
  }

  @Test
  void waitsOutAnElection() {
    write("k", "1");
    readsOnceElected("k", "1", 2);
  }

  /** A read that begins while nobody leads ends soon after {@code storeId} does. */
  private void readsOnceElected(String key, String value, long storeId) {
    bench.cluster.lead(key(key), 0);
    Outcome<Optional<Bytes>> read = new Outcome<>();
    bench.raw.get(key(key), read);
    bench.network.pass(bench.core, Duration.ofSeconds(2).toNanos());
    assertThat(read.hasEnded()).isFalse();

    bench.cluster.lead(key(key), storeId);
    bench.network.runUntil(bench.core, read::hasEnded, Duration.ofMillis(500).toNanos());

    assertThat(read.answer()).isEqualTo(Optional.of(key(value)));
  }

  @Test
  void takesTheRegionsOfASplitFromTheErrorThoughPdLags() {
    write("a", "1");
    write("z", "26");
    bench.cluster.pd().lagBehind();
    bench.cluster.split(key("m"));

    reads("a", "1");
    reads("z", "26");

    assertThat(bench.core.cache().size()).isEqualTo(2);
  }

  @Test
  void asksPdAgainWhenItKnowsLessThanTheStores() {
    bench.cluster.pd().lagBehind();
    bench.cluster.split(key("m"));
    bench.cluster.split(key("c"));

    write("d", "4");

    reads("d", "4");
  }

  @Test
  void turnsToAnotherStoreWhenTheLeadersIsGone() {
    write("k", "1");
    bench.network.cutOff(bench.cluster.address(1));
    bench.cluster.lead(key("k"), 2);

    reads("k", "1");
  }

  @Test
  void findsTheNewLeaderWithoutPd() {
    write("k", "1");
    bench.cluster.pd().lead("");
    bench.network.cutOff(bench.cluster.address(1));
    readsOnceElected("k", "1", 3);
  }

  @Test
  void asksPdNowAndThenAboutARegionThatNobodyServes() {
    write("k", "1");
    bench.cluster.lead(key("k"), 0);
    int asked = bench.cluster.pd().asked();
    for (int i = 0; i < 100; i++) {
      bench.raw.get(key("k"), new Outcome<>());
    }

    bench.network.pass(bench.core, Duration.ofSeconds(2).toNanos());

    assertThat(bench.cluster.pd().asked() - asked).isBetween(5, 21);
  }

  @Test
  void failsBeforeItsTimeIsOutWhenNobodyAtAllAnswers() {
    write("k", "1");
    for (String address : List.of("pd1:2379", "pd2:2379")) {
      bench.network.cutOff(address);
    }
    for (long store = 1; store <= 3; store++) {
      bench.network.cutOff(bench.cluster.address(store));
    }
    Outcome<Optional<Bytes>> read = new Outcome<>();
    bench.raw.get(key("k"), read);
    bench.network.runUntil(bench.core, read::hasEnded, Bench.MINUTE_NANOS);

    assertThat(read.failure()).isInstanceOf(UnavailableException.class);
  }

  @Test
  void turnsToAnotherStoreWhenTheLeadersIsSilent() {
    write("k", "1");
    bench.network.silence(bench.cluster.address(1));
    bench.cluster.lead(key("k"), 2);
    long start = bench.network.nanoTime();

    reads("k", "1");

    assertThat(bench.network.nanoTime() - start)
        .isBetween(Duration.ofSeconds(2).toNanos(), Duration.ofMillis(2_500).toNanos());
  }

  @Test
  void findsAStoreThatMoved() {
    write("k", "1");
    bench.network.cutOff(bench.cluster.address(1));
    bench.cluster.move(1, "elsewhere:20160");

    reads("k", "1");
    assertThat(bench.network.released()).containsExactly("store1:20160");
  }

  @Test
  void keepsNoConnectionToAStoreThatIsGone() {
    write("k", "1");
    bench.cluster.replaceStore(1, 4);
    bench.network.cutOff("store1:20160");

    reads("k", "1");
    bench.network.pass(bench.core, Duration.ofMinutes(2).toNanos());

    assertThat(bench.network.released()).containsExactly("store1:20160");
    bench.cluster.lead(key("k"), 4);
    reads("k", "1");
  }

  @Test
  void keepsWhatItKnowsOfStoresThatHaveAReplica() {
    write("k", "1");
    bench.network.pass(bench.core, Duration.ofMinutes(5).toNanos());
    bench.cluster.pd().lead("");
    bench.cluster.lead(key("k"), 3);
    reads("k", "1");

    assertThat(bench.network.released()).isEmpty();
  }

  @Test
  void whatTwoShareIsKeptWhileOneNeedsIt() {
    bench.cluster.move(2, "pd1:2379");
    write("k", "1");
    bench.cluster.lead(key("k"), 2);
    bench.network.cutOff("store1:20160");
    bench.cluster.move(2, "elsewhere:20160");

    assertThat(bench.get("k").hasSucceeded()).isTrue();

    assertThat(bench.network.released()).doesNotContain("pd1:2379");
  }

  @Test
  void noticesThatAnotherStoreHasTheAddress() {
    write("k", "1");
    String address = bench.cluster.address(1);
    bench.cluster.move(1, "elsewhere:20160");
    bench.cluster.move(2, address);

    reads("k", "1");
  }

  @Test
  void aBusyStoreIsLeftAloneForAsLongAsItAsks() {
    write("k", "1");
    bench.cluster.refuseNext(1, new RegionError.ServerIsBusy("credits", Duration.ofMillis(700)));
    long start = bench.network.nanoTime();

    reads("k", "1");

    assertThat(bench.network.nanoTime() - start)
        .isGreaterThanOrEqualTo(Duration.ofMillis(700).toNanos());
  }

  /** So long that it goes on beyond the end of the clock. */
  @Test
  void aStoreThatAsksForAllTheTimeThereIsIsNotAskedAgainAtOnce() {
    write("k", "1");
    int served = bench.cluster.served();
    Duration ages = Duration.ofMillis(Long.MAX_VALUE / 1_000_000);
    for (int i = 0; i < 10; i++) {
      bench.cluster.refuseNext(1, new RegionError.ServerIsBusy("credits", ages));
    }
    assertThat(bench.get("k").failure())
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("credits");
    assertThat(bench.cluster.served()).isEqualTo(served);
  }

  static List<RegionError> passing() {
    return List.of(
        new RegionError.NotLeader(10, null),
        new RegionError.RegionNotFound(10),
        new RegionError.KeyNotInRegion(key("k"), 10, KeyRange.ALL),
        new RegionError.EpochNotMatch(List.of()),
        new RegionError.ServerIsBusy("credits", Duration.ZERO),
        new RegionError.StaleCommand(),
        new RegionError.StoreNotMatch(1, 2),
        new RegionError.MismatchPeerId(11, 12),
        new RegionError.ReadIndexNotReady(10, "new leader"),
        new RegionError.RegionNotInitialized(10),
        new RegionError.DiskFull(1, "nearly"),
        new RegionError.DataIsNotReady(10, 11, 5),
        new RegionError.Other("raft: proposal dropped"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void survivesEveryErrorThatPasses(RegionError error) {
    write("k", "1");
    bench.cluster.refuseNext(1, error, error);

    write("k", "2");

    reads("k", "2");
  }

  @Test
  void aWriteThatIsTooLargeIsNotTriedAgain() {
    write("k", "1");
    bench.cluster.refuseNext(1, new RegionError.RaftEntryTooLarge(10, 9_000_000));

    assertThat(bench.put("k", "2").failure())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("9000000");
  }

  @Test
  void aWriteWhoseReplyIsLostIsUndeterminedAndNotSentAgain() {
    write("k", "1");
    for (Consumer<Outcome<@Nullable Void>> write : writes()) {
      assertThat(bench.get("k").hasSucceeded()).as("the leader is known again").isTrue();
      int served = bench.cluster.served();
      bench.cluster.loseReplies(1);

      assertThat(bench.run(write).failure()).isInstanceOf(UndeterminedException.class);

      assertThat(bench.cluster.served() - served).isEqualTo(1);
    }
  }

  @Test
  void aWriteThatTheStoreCannotTellOfIsUndeterminedAndNotSentAgain() {
    write("k", "1");
    for (Consumer<Outcome<@Nullable Void>> write : writes()) {
      int served = bench.cluster.served();
      bench.cluster.refuseNext(1, new RegionError.UndeterminedResult("stopping"));

      assertThat(bench.run(write).failure())
          .isInstanceOf(UndeterminedException.class)
          .hasMessageContaining("stopping");

      assertThat(bench.cluster.served() - served).isZero();
    }
  }

  /** Every kind that could be done a second time without its sender noticing. */
  private List<Consumer<Outcome<@Nullable Void>>> writes() {
    return List.of(
        outcome -> bench.raw.put(key("k"), key("2"), Duration.ZERO, outcome),
        outcome -> bench.raw.batchPut(List.of(Bench.pair("k", "3")), Duration.ZERO, outcome),
        outcome -> bench.raw.delete(key("k"), outcome),
        outcome -> bench.raw.batchDelete(List.of(key("k")), outcome),
        outcome -> bench.raw.deleteRange(KeyRange.ALL, outcome));
  }

  /** What the default is for: the second execution would come after another client's write. */
  @Test
  void aPutIsNotDoneAgainOverAnotherClientsNewerValue() {
    write("k", "1");
    bench.cluster.loseReplies(1);
    Outcome<@Nullable Void> first = new Outcome<>();
    bench.raw.put(key("k"), key("old"), Duration.ZERO, first);
    bench.network.runUntil(bench.core, () -> bench.cluster.served() == 2, Bench.MINUTE_NANOS);

    bench.cluster.data.put(key("k"), key("new"));
    bench.network.runUntil(bench.core, first::hasEnded, Bench.MINUTE_NANOS);

    assertThat(first.failure()).isInstanceOf(UndeterminedException.class);
    reads("k", "new");
  }

  @Test
  void aPutWhoseReplyIsLostIsSentAgainByAClientThatAsksForIt() {
    Bench twice = new Bench(false, config -> Bench.config(null, true));
    assertThat(twice.put("k", "1").hasSucceeded()).isTrue();
    int served = twice.cluster.served();
    twice.cluster.loseReplies(1);

    assertThat(twice.put("k", "2").hasSucceeded()).isTrue();

    assertThat(twice.cluster.served() - served).as("executed twice").isEqualTo(2);
  }

  @Test
  void readsAreSentAgainWhenTheirReplyIsLost() {
    write("k", "1");
    bench.cluster.loseReplies(1);
    reads("k", "1");
  }

  @Test
  void aCompareAndSwapWhoseReplyIsLostIsNeverSentAgain() {
    write("k", "1");
    int served = bench.cluster.served();
    bench.cluster.loseReplies(1);

    assertThat(bench.swap("k", "1", "2").failure()).isInstanceOf(UndeterminedException.class);

    assertThat(bench.cluster.served() - served).isEqualTo(1);
    reads("k", "2");
  }

  @Test
  void aCompareAndSwapThatTheStoreCannotTellOfIsUndetermined() {
    write("k", "1");
    bench.cluster.refuseNext(1, new RegionError.UndeterminedResult("deadline"));

    assertThat(bench.swap("k", "1", "2").failure())
        .isInstanceOf(UndeterminedException.class)
        .hasMessageContaining("deadline");
  }

  @Test
  void aCompareAndSwapThatWasRefusedOrNotSentIsTriedAgain() {
    write("k", "1");
    bench.cluster.refuseNext(1, new RegionError.StaleCommand());
    assertThat(bench.swap("k", "1", "2").hasSucceeded()).isTrue();

    bench.network.cutOff(bench.cluster.address(1));
    bench.cluster.lead(key("k"), 2);
    assertThat(bench.swap("k", "2", "3").hasSucceeded()).isTrue();
  }

  @Test
  void aReadThatNobodyServesEndsAtItsDeadlineWithTheLastTrouble() {
    write("k", "1");
    bench.cluster.lead(key("k"), 0);
    long start = bench.network.nanoTime();

    assertThat(bench.get("k").failure())
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("NotLeader");

    assertThat(bench.network.nanoTime() - start)
        .isBetween(Duration.ofSeconds(9).toNanos(), Duration.ofSeconds(10).toNanos());
  }

  @Test
  void aWriteThatWasSentButNeverAnsweredIsUndetermined() {
    write("k", "1");
    for (long store = 1; store <= 3; store++) {
      bench.network.silence(bench.cluster.address(store));
    }

    assertThat(bench.put("k", "2").failure()).isInstanceOf(UndeterminedException.class);
  }

  /** It may not be sent again, so nothing better can be done with the time it has. */
  @Test
  void aWriteIsAwaitedForAsLongAsItHas() {
    write("k", "1");
    bench.network.slow(bench.cluster.address(1), Duration.ofSeconds(9));

    assertThat(bench.put("k", "2").hasSucceeded()).isTrue();
    assertThat(bench.swap("k", "2", "3").hasSucceeded()).isTrue();
  }

  @Test
  void othersAreSentElsewhereWhileAWriteIsAwaited() {
    write("k", "1");
    bench.network.silence(bench.cluster.address(1));
    Outcome<@Nullable Void> write = new Outcome<>();
    long start = bench.network.nanoTime();
    bench.raw.put(key("k"), key("2"), Duration.ZERO, write);
    bench.network.pass(bench.core, Duration.ofMillis(2_100).toNanos());
    bench.cluster.lead(key("k"), 2);

    Outcome<Optional<Bytes>> read = new Outcome<>();
    bench.raw.get(key("k"), read);
    bench.network.pass(bench.core, Duration.ofMillis(300).toNanos());
    assertThat(read.answer()).isEqualTo(Optional.of(key("1")));
    assertThat(write.hasEnded()).isFalse();

    bench.network.runUntil(bench.core, write::hasEnded, Bench.MINUTE_NANOS);
    assertThat(write.failure()).isInstanceOf(UndeterminedException.class);
    assertThat(bench.network.nanoTime() - start)
        .isBetween(Duration.ofSeconds(10).toNanos(), Duration.ofMillis(10_010).toNanos());
  }

  @Test
  void aWriteThatWasNeverSentHasSurelyNotHappened() {
    write("k", "1");
    for (long store = 1; store <= 3; store++) {
      bench.network.cutOff(bench.cluster.address(store));
    }
    bench.network.runUntil(bench.core, () -> bench.network.openStreams() == 0, Bench.MINUTE_NANOS);

    assertThat(bench.put("k", "2").failure()).isInstanceOf(DeadlineExceededException.class);
    assertThat(bench.cluster.data.get(key("k"))).isEqualTo(key("1"));
  }

  @Test
  void callsThatWaitedAgainForTheSameStoreEndOnce() {
    Bench bench =
        new Bench(false, config -> Bench.withAttemptTimeout(config, Duration.ofMillis(400)));
    for (int store = 1; store <= 3; store++) {
      bench.network.stall(bench.cluster.address(store));
    }
    List<Outcome<Optional<Bytes>>> reads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Outcome<Optional<Bytes>> read = new Outcome<>();
      bench.raw.get(key("k" + i), read);
      reads.add(read);
    }
    bench.network.pass(bench.core, Duration.ofMillis(9_600).toNanos()); // of ten seconds
    for (int store = 1; store <= 3; store++) {
      bench.network.cutOff(bench.cluster.address(store));
    }
    bench.network.pass(bench.core, Bench.MINUTE_NANOS);
    assertThat(reads).allSatisfy(read -> assertThat(read.hasEnded()).isTrue());
  }

  @Test
  void manyCallsFailOverTogether() {
    write("k", "0");
    List<Outcome<Optional<Bytes>>> reads = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      Outcome<Optional<Bytes>> outcome = new Outcome<>();
      bench.raw.get(key("k" + i), outcome);
      reads.add(outcome);
    }
    bench.core.poll(bench.network);
    bench.network.cutOff(bench.cluster.address(1));
    bench.cluster.lead(key("k"), 3);
    int asked = bench.cluster.pd().asked();

    bench.network.runUntil(
        bench.core,
        () -> reads.stream().allMatch(Outcome::hasSucceeded),
        Duration.ofSeconds(1).toNanos());

    assertThat(bench.cluster.pd().asked() - asked).as("questions to PD").isLessThan(20);
  }
}
