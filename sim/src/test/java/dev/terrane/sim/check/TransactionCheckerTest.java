package dev.terrane.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.sim.check.Anomaly.Kind;
import dev.terrane.sim.check.SnapshotIsolationModel.Flaw;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each phenomenon in the smallest history that has it, and histories of a small implementation. */
class TransactionCheckerTest {
  @Test
  void findsNothingInASerialHistory() {
    finds(
        new ListStory()
            .ok(0, 1, 1, 2, "r x", "a x 1", "r x 1")
            .ok(2, 3, 3, 4, "r x 1", "a x 2", "a y 1")
            .failed(4, 5, "a x 9")
            .unknown(6, 7, "a y 2")
            .ok(8, 9, 5, 5, "r x 1 2", "r y 1 2"));
  }

  @Test
  void internalATransactionDoesNotSeeItsOwnAppend() {
    finds(new ListStory().ok(0, 1, "a x 1", "r x"), Kind.INTERNAL);
  }

  @Test
  void internalAListChangesUnderATransaction() {
    finds(new ListStory().ok(0, 9, "r x", "r x 1").ok(1, 2, "a x 1"), Kind.INTERNAL);
  }

  @Test
  void duplicateElement() {
    finds(new ListStory().ok(0, 1, "a x 1").ok(2, 3, "r x 1 1"), Kind.DUPLICATE_ELEMENT);
  }

  @Test
  void unknownElement() {
    finds(new ListStory().ok(0, 1, "r x 7"), Kind.UNKNOWN_ELEMENT);
  }

  @Test
  void incompatibleOrder() {
    finds(
        new ListStory()
            .ok(0, 10, "a x 1")
            .ok(1, 11, "a x 2")
            .ok(2, 12, "r x 1 2")
            .ok(3, 13, "r x 2"),
        Kind.INCOMPATIBLE_ORDER);
  }

  @Test
  void g0WritesOverwriteEachOther() {
    finds(
        new ListStory()
            .ok(0, 5, "a x 1", "a y 1")
            .ok(1, 6, "a x 2", "a y 2")
            .ok(7, 8, "r x 1 2", "r y 2 1"),
        Kind.G0);
  }

  @Test
  void g1aReadOfAnAbortedWrite() {
    finds(new ListStory().failed(0, 1, "a x 1").ok(2, 3, "r x 1"), Kind.G1A);
  }

  @Test
  void aWriteOfUnknownOutcomeMayBeRead() {
    finds(new ListStory().unknown(0, 1, "a x 1").ok(2, 3, "r x 1").ok(4, 5, "r x 1"));
  }

  @Test
  void g1bReadOfAnIntermediateWrite() {
    finds(
        new ListStory().ok(0, 5, "a x 1", "a x 2").ok(1, 4, "r x 1").ok(6, 7, "r x 1 2"),
        Kind.G1B,
        Kind.G_SINGLE);
  }

  @Test
  void g1cEachReadsTheOther() {
    finds(new ListStory().ok(0, 5, "a x 1", "r y 1").ok(1, 6, "a y 1", "r x 1"), Kind.G1C);
  }

  @Test
  void gSingleReadSkew() {
    List<Anomaly> found =
        finds(
            new ListStory().ok(0, 5, "r x", "r y 1").ok(1, 4, "a x 1", "a y 1").ok(6, 7, "r x 1"),
            Kind.G_SINGLE);
    assertThat(found.getFirst().account())
        .isEqualTo(
            "T0 (process 0) did not see T1 (process 1) [x: 1]; T1 (process 1) was read by T0 (process"
                + " 0) [y: 1]; so each of them comes before itself");
  }

  @Test
  void lostUpdate() {
    finds(
        new ListStory().ok(0, 5, "r x", "a x 1").ok(1, 6, "r x", "a x 2").ok(7, 8, "r x 1 2"),
        Kind.LOST_UPDATE,
        Kind.G_SINGLE);
  }

  @Test
  void g2WriteSkewWhichSnapshotIsolationAllows() {
    List<Anomaly> found =
        finds(
            new ListStory()
                .ok(0, 5, 1, 3, "r x", "a y 1")
                .ok(1, 6, 2, 4, "r y", "a x 1")
                .ok(7, 8, 5, 5, "r x 1", "r y 1"),
            Kind.G2_ITEM);
    assertThat(found).noneMatch(anomaly -> anomaly.kind().breaksSnapshotIsolation());
  }

  @Test
  void lostAppend() {
    finds(new ListStory().ok(0, 1, "a x 1").ok(2, 3, "r x"), Kind.LOST_APPEND);
  }

  @Test
  void gSiADependsOnOneThatCommittedAfterItBegan() {
    finds(new ListStory().ok(0, 5, 1, 8, "a x 1").ok(1, 6, 5, 5, "r x 1"), Kind.G_SI_A);
  }

  @Test
  void gSiATwoThatOverlapWriteOneKey() {
    finds(
        new ListStory().ok(0, 5, 1, 3, "a x 1").ok(1, 6, 2, 4, "a x 2").ok(7, 8, 5, 5, "r x 1 2"),
        Kind.G_SI_A);
  }

  @Test
  void gSiBDoesNotSeeOneThatHadCommittedWhenItBegan() {
    finds(
        new ListStory().ok(0, 5, 1, 3, "a x 1").ok(1, 6, 4, 4, "r x").ok(7, 8, 5, 5, "r x 1"),
        Kind.G_SI_B);
  }

  @Test
  void timestampsThatDoNotRiseInRealTime() {
    finds(new ListStory().ok(0, 1, 1, 9, "a x 1").ok(2, 3, 8, 8, "r y"), Kind.TIMESTAMP_ORDER);
  }

  @Test
  void findsNothingInWhatSnapshotIsolationDoes() {
    Set<Kind> found = EnumSet.noneOf(Kind.class);
    for (int seed = 0; seed < 200; seed++) {
      for (Anomaly anomaly : TransactionChecker.check(run(Flaw.NONE, seed))) {
        assertThat(anomaly.kind().breaksSnapshotIsolation())
            .as("seed %d: %s", seed, anomaly)
            .isFalse();
        found.add(anomaly.kind());
      }
    }
    assertThat(found).as("write skew does happen").containsExactly(Kind.G2_ITEM);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsEveryFlawInMostHistories(Flaw flaw) {
    int found = 0;
    for (int seed = 0; seed < 50; seed++) {
      if (TransactionChecker.check(run(flaw, seed)).stream()
          .anyMatch(anomaly -> anomaly.kind().breaksSnapshotIsolation())) {
        found++;
      }
    }
    assertThat(found).isGreaterThan(45);
  }

  private static History<ListTransaction, ListTransaction.Answer> run(Flaw flaw, int seed) {
    return SnapshotIsolationModel.run(
        flaw, RandomGeneratorFactory.of("L64X128MixRandom").create(seed), 200);
  }

  private static List<Anomaly> finds(ListStory story, Kind... kinds) {
    List<Anomaly> found = TransactionChecker.check(story.history());
    assertThat(found).extracting(Anomaly::kind).containsExactly(kinds);
    return found;
  }
}
