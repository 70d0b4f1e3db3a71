package dev.terrane.sim.check;

import static dev.terrane.sim.check.Story.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.KeyRange;
import dev.terrane.sim.check.LinearizabilityChecker.Verdict;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Histories of which it is known whether a single register could have had them. */
class LinearizabilityCheckerTest {
  private static final KeyRange A_TO_D = new KeyRange(bytes("a"), bytes("d"));

  @Test
  void acceptsNothingAtAll() {
    accepts(new Story());
  }

  @Test
  void acceptsOneAfterTheOther() {
    accepts(
        new Story()
            .getsNothing(0, 1)
            .put(2, 3, "a")
            .get(4, 5, "a")
            .swapped(6, 7, "a", "b")
            .notSwapped(8, 9, "a", "c", "b")
            .get(10, 11, "b")
            .delete(12, 13)
            .getsNothing(14, 15));
  }

  @Test
  void acceptsEitherAnswerWhileAWriteIsOpen() {
    accepts(new Story().put(0, 1, "a").put(2, 9, "b").get(3, 4, "a").get(5, 6, "b"));
  }

  @Test
  void acceptsAWriteThatNobodySaw() {
    accepts(new Story().put(0, 9, "hidden").put(1, 8, "a").get(10, 11, "a"));
  }

  @Test
  void rejectsALostWrite() {
    rejects(new Story().put(0, 1, "a").put(2, 3, "b").get(4, 5, "a"));
  }

  @Test
  void rejectsAnAcknowledgedFirstWriteThatIsGone() {
    rejects(new Story().put(0, 1, "a").getsNothing(2, 3));
  }

  @Test
  void rejectsAStaleReadWhileOthersHaveMovedOn() {
    rejects(new Story().put(0, 1, "a").put(2, 20, "b").get(3, 4, "b").get(5, 6, "a"));
  }

  @Test
  void rejectsAReadThatGoesBackInTime() {
    rejects(new Story().put(0, 1, "a").unknown(2, 3, Story.put("b")).get(4, 5, "b").get(6, 7, "a"));
  }

  @Test
  void rejectsAValueOutOfThinAir() {
    rejects(new Story().put(0, 1, "a").get(2, 3, "nobody's"));
  }

  @Test
  void rejectsAReadFromTheFuture() {
    rejects(new Story().get(0, 1, "a").put(2, 3, "a"));
  }

  @Test
  void rejectsAFailedWriteThatWasSeen() {
    String account =
        rejects(new Story().put(0, 1, "a").failed(2, 3, Story.put("b")).get(4, 5, "b"));
    assertThat(account).contains("\"b\" was written by nobody", "put k \"b\" failed (not leader)");
  }

  @Test
  void rejectsASwapThatWasExecutedTwice() {
    rejects(
        new Story()
            .put(0, 1, "a")
            .swapped(2, 3, "a", "b")
            .put(4, 5, "a")
            .get(6, 7, "a")
            .get(8, 9, "b"));
  }

  @Test
  void rejectsASwapOfUnknownOutcomeThatWasExecutedTwice() {
    rejects(
        new Story()
            .put(0, 1, "a")
            .unknown(2, 3, Story.swap("a", "b"))
            .get(4, 5, "b")
            .put(6, 7, "a")
            .get(8, 9, "b"));
  }

  @Test
  void rejectsTwoSwapsOfOneValue() {
    rejects(new Story().put(0, 1, "a").swapped(2, 9, "a", "b").swapped(3, 8, "a", "c"));
  }

  @Test
  void rejectsASwapThatFoundWhatWasOverwritten() {
    rejects(new Story().put(0, 1, "a").put(2, 3, "b").swapped(4, 5, "a", "c"));
  }

  @Test
  void rejectsARefusedSwapThatSawWhatWasOverwritten() {
    rejects(new Story().put(0, 1, "a").put(2, 3, "b").notSwapped(4, 5, "x", "c", "a"));
  }

  @Test
  void rejectsARefusedSwapThatTookEffect() {
    rejects(new Story().put(0, 1, "a").notSwapped(2, 3, "x", "b", "a").get(4, 5, "b"));
  }

  @Test
  void rejectsSwapsWhoseAnswerContradictsThem() {
    rejects(new Story().put(0, 1, "a").notSwapped(2, 3, "a", "b", "a"));
    rejects(
        new Story()
            .put(0, 1, "a")
            .ok(2, 3, Story.swap("x", "b"), new RawResult.Swap(true, bytes("a"))));
  }

  @Test
  void rejectsADeletedValueThatComesBack() {
    rejects(new Story().put(0, 1, "a").delete(2, 3).getsNothing(4, 5).get(6, 7, "a"));
  }

  @Test
  void rejectsTwoReadersWhoSawTwoWritesInOppositeOrder() {
    rejects(
        new Story().put(0, 20, "a").put(1, 21, "b").get(2, 3, "a").get(4, 5, "b").get(6, 7, "a"));
  }

  @Test
  void acceptsAnUnknownWriteAtAnyLaterTimeOrNever() {
    accepts(new Story().put(0, 1, "a").unknown(2, 3, Story.put("b")).get(4, 5, "a"));
    accepts(
        new Story()
            .put(0, 1, "a")
            .unknown(2, 3, Story.put("b"))
            .get(4, 5, "a")
            .put(6, 7, "c")
            .get(8, 9, "c")
            .get(10, 11, "b"));
  }

  @Test
  void rejectsAnUnknownWriteBeforeItsInvocationAndASecondTime() {
    rejects(new Story().get(0, 1, "b").unknown(2, 3, Story.put("b")));
    rejects(
        new Story()
            .unknown(0, 1, Story.put("b"))
            .get(2, 3, "b")
            .put(4, 5, "c")
            .get(6, 7, "c")
            .get(8, 9, "b"));
  }

  @Test
  void acceptsAnUnknownSwapThatOthersBuildUpon() {
    accepts(
        new Story()
            .put(0, 1, "a")
            .unknown(2, 3, Story.swap("a", "b"))
            .get(4, 5, "a")
            .swapped(6, 7, "b", "c")
            .get(8, 9, "c"));
  }

  @Test
  void acceptsABatchOfUnknownOutcomeOfWhichAPartWasWritten() {
    RawCall batch =
        new RawCall.BatchPut(
            List.of(new Pair(bytes("k"), bytes("a")), new Pair(bytes("m"), bytes("b"))));
    accepts(
        new Story()
            .unknown(0, 1, batch)
            .get(2, 3, "a")
            .ok(4, 5, new RawCall.Get(bytes("m")), new RawResult.Found(null)));
  }

  @Test
  void rejectsABatchOfWhichAPartIsMissing() {
    RawCall batch =
        new RawCall.BatchPut(
            List.of(new Pair(bytes("k"), bytes("a")), new Pair(bytes("m"), bytes("b"))));
    rejects(
        new Story()
            .ok(0, 1, batch, RawResult.DONE)
            .ok(2, 3, new RawCall.Get(bytes("m")), new RawResult.Found(null)));
  }

  @Test
  void ofABatchWithOneKeyTwiceTheLastPairCounts() {
    RawCall batch =
        new RawCall.BatchPut(
            List.of(new Pair(bytes("k"), bytes("a")), new Pair(bytes("k"), bytes("b"))));
    accepts(new Story().ok(0, 1, batch, RawResult.DONE).get(2, 3, "b"));
    rejects(new Story().ok(0, 1, batch, RawResult.DONE).get(2, 3, "a"));
  }

  @Test
  void aBatchGetSaysOfEachKeyWhatItHeldOrThatItWasAbsent() {
    RawCall get = new RawCall.BatchGet(List.of(bytes("k"), bytes("m")));
    RawResult found = new RawResult.Pairs(List.of(new Pair(bytes("k"), bytes("a"))));
    accepts(new Story().put(0, 1, "a").ok(2, 3, get, found));
    rejects(
        new Story()
            .put(0, 1, "a")
            .ok(2, 3, new RawCall.Put(bytes("m"), bytes("b")), RawResult.DONE)
            .ok(4, 5, get, found));
  }

  @Test
  void aScanThatLeavesOutAKeySaysThatItWasAbsent() {
    Story written = abc();
    accepts(written.ok(6, 7, new RawCall.Scan(A_TO_D, 9, false), pairs("a", "b", "c")));
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 9, false), pairs("a", "c")));
  }

  @Test
  void aScanSaysNothingBeyondItsLimit() {
    accepts(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 2, false), pairs("a", "b")));
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 2, false), pairs("a", "c")));
    accepts(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 2, true), pairs("c", "b")));
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 2, true), pairs("b", "a")));
  }

  @Test
  void rejectsScansOutOfOrderOutOfRangeAndOverTheirLimit() {
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 9, false), pairs("b", "a", "c")));
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 9, false), pairs("a", "a", "b", "c")));
    rejects(abc().ok(6, 7, new RawCall.Scan(A_TO_D, 1, false), pairs("a", "b")));
    rejects(
        abc()
            .ok(
                6,
                7,
                new RawCall.Scan(new KeyRange(bytes("a"), bytes("c")), 9, false),
                pairs("a", "b", "c")));
  }

  @Test
  void aRangeDeleteRemovesEachKeyOfItsRangeAndNoOther() {
    RawCall delete = new RawCall.DeleteRange(new KeyRange(bytes("a"), bytes("c")));
    RawCall scan = new RawCall.Scan(A_TO_D, 9, false);
    accepts(abc().ok(6, 7, delete, RawResult.DONE).ok(8, 9, scan, pairs("c")));
    rejects(abc().ok(6, 7, delete, RawResult.DONE).ok(8, 9, scan, pairs("b", "c")));
    rejects(abc().ok(6, 7, delete, RawResult.DONE).ok(8, 9, scan, pairs()));
    accepts(abc().unknown(6, 7, delete).ok(8, 9, scan, pairs("b", "c")));
  }

  @Test
  void tellsTheShortestStory() {
    var story = new Story();
    for (int i = 0; i < 200; i++) {
      story.put(4 * i, 4 * i + 1, "v" + i).get(4 * i + 2, 4 * i + 3, "v" + i);
    }
    story.put(900, 905, "last").get(901, 902, "last").get(910, 911, "v199");
    String account = rejects(story);
    assertThat(account)
        .contains("key k is not linearizable: nothing explains #402 p402 get k -> \"v199\"")
        .contains("before it the key held \"last\"")
        .contains("\"v199\" was written by #398 p398 put k \"v199\" ok")
        .contains("the longest order that can be explained has 402 operations")
        .contains("the shortest part found that cannot be explained, 3 operations:");
    assertThat(account.lines().toList().reversed().subList(0, 3).reversed())
        .containsExactly(
            "      0.796000s #398    p398  write \"v199\" |--|",
            "      0.900000s #400    p400  write \"last\"       |--|",
            "      0.910000s #402    p402  read \"v199\"              |--|");
  }

  @Test
  void acceptsLongHistoriesOfARegister() {
    for (int seed = 0; seed < 4; seed++) {
      History<RawCall, RawResult> history =
          new RegisterHistories(30, 25_000, 20, 0, 0.1, 0.05)
              .generate(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
      assertThat(LinearizabilityChecker.check(history))
          .isEqualTo(new Verdict.Linearizable(25_000, 20));
    }
  }

  private static Story abc() {
    return new Story()
        .ok(0, 1, new RawCall.Put(bytes("a"), bytes("1")), RawResult.DONE)
        .ok(2, 3, new RawCall.Put(bytes("b"), bytes("1")), RawResult.DONE)
        .ok(4, 5, new RawCall.Put(bytes("c"), bytes("1")), RawResult.DONE);
  }

  private static RawResult pairs(String... keys) {
    return new RawResult.Pairs(
        List.of(keys).stream().map(key -> new Pair(bytes(key), bytes("1"))).toList());
  }

  private static void accepts(Story story) {
    assertThat(LinearizabilityChecker.check(story.history()))
        .isInstanceOf(Verdict.Linearizable.class);
  }

  private static String rejects(Story story) {
    Verdict verdict = LinearizabilityChecker.check(story.history());
    assertThat(verdict).isInstanceOf(Verdict.Violation.class);
    return ((Verdict.Violation) verdict).account();
  }
}
