package dev.terrane.pd.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How an operator goes through its steps, and how it ends. Region 7, led by peer 10 on store 1. */
class OperatorControllerTest {
  private static final long SECOND = 1_000_000_000L;

  private final OperatorController operators = new OperatorController();
  private final Peer leader = Peer.voter(10, 1);
  private final Peer learner = Peer.learner(20, 2);
  private final RegionInfo alone = region(List.of(leader), List.of());
  private long now = 5 * SECOND;

  private RegionInfo region(List<Peer> peers, List<Peer> pending) {
    return regionAt(4, peers, pending);
  }

  private RegionInfo regionAt(long confVer, List<Peer> peers, List<Peer> pending) {
    Region region = new Region(7, KeyRange.ALL, new RegionEpoch(confVer, 2), peers);
    return new RegionInfo(region, leader, 5, List.of(), pending, 0, 0, 1);
  }

  private Operator start(Step... steps) {
    return operators.start(alone, "test", "because", List.of(steps), now);
  }

  private @Nullable RegionHeartbeatResponse report(RegionInfo region) {
    return operators.onReport(region, now);
  }

  @Test
  void asksTheLeaderAtTheEpochThatItReported() {
    start(new Step.AddLearner(learner));
    RegionHeartbeatResponse asked = report(alone);
    assertThat(asked).isNotNull();
    if (asked != null) {
      assertThat(asked.getRegionId()).isEqualTo(7);
      assertThat(asked.getRegionEpoch().getConfVer()).isEqualTo(4);
      assertThat(asked.getTargetPeer().getId()).isEqualTo(10);
      assertThat(asked.getChangePeer().getChangeType()).isEqualTo(ConfChangeType.AddLearnerNode);
      assertThat(asked.getChangePeer().getPeer().getStoreId()).isEqualTo(2);
    }
  }

  @Test
  void asksAgainOnlyAfterAWhile() {
    start(new Step.AddLearner(learner));
    assertThat(report(alone)).isNotNull();
    now += SECOND;
    assertThat(report(alone)).isNull();
    now += SECOND;
    assertThat(report(alone)).isNotNull();
  }

  @Test
  void aLearnerIsAskedForOnceAndAwaitedUntilItHasCaughtUp() {
    Operator operator = start(new Step.AddLearner(learner));
    report(alone);
    now += 10 * SECOND;
    assertThat(report(region(List.of(leader, learner), List.of(learner)))).isNull();
    assertThat(operator.status()).isEqualTo(Operator.Status.RUNNING);
    report(region(List.of(leader, learner), List.of()));
    assertThat(operator.status()).isEqualTo(Operator.Status.SUCCESS);
    assertThat(operators.running(7)).isNull();
    assertThat(operators.finished(7)).containsExactly(operator);
  }

  @Test
  void eachStepIsConfirmedByAReportBeforeTheNext() {
    Operator operator =
        start(
            new Step.EnterJoint(List.of(learner), List.of()),
            new Step.LeaveJoint(),
            new Step.RemovePeer(learner));
    RegionInfo two = region(List.of(leader, learner), List.of());
    RegionHeartbeatResponse enter = report(two);
    assertThat(enter == null ? 0 : enter.getChangePeerV2().getChangesCount()).isEqualTo(1);
    RegionHeartbeatResponse leave =
        report(region(List.of(leader, learner.withRole(PeerRole.INCOMING_VOTER)), List.of()));
    assertThat(leave != null && leave.hasChangePeerV2()).isTrue();
    assertThat(leave == null ? 1 : leave.getChangePeerV2().getChangesCount()).isZero();
    RegionHeartbeatResponse remove =
        report(region(List.of(leader, learner.withRole(PeerRole.VOTER)), List.of()));
    assertThat(remove == null ? null : remove.getChangePeer().getChangeType())
        .isEqualTo(ConfChangeType.RemoveNode);
    assertThat(operator.stepsDone()).isEqualTo(2);
    assertThat(report(alone)).isNull();
    assertThat(operator.status()).isEqualTo(Operator.Status.SUCCESS);
  }

  @Test
  void anObstacleCancelsAndTheRegionRestsForAWhile() {
    Operator operator = start(new Step.AddLearner(learner));
    report(region(List.of(leader, Peer.learner(99, 2)), List.of()));
    assertThat(operator.status()).isEqualTo(Operator.Status.CANCELLED);
    assertThat(operator.outcome()).contains("store 2 has peer 99 already");
    assertThat(operators.isResting(7, now)).isTrue();
    assertThat(operators.isResting(7, now + 6 * SECOND)).isFalse();
  }

  @Test
  void neverDemotesOrRemovesWhoLeads() {
    Operator demotion = start(new Step.EnterJoint(List.of(), List.of(leader)));
    assertThat(report(alone)).isNull();
    assertThat(demotion.status()).isEqualTo(Operator.Status.CANCELLED);
    Operator removal = start(new Step.RemovePeer(leader));
    assertThat(report(alone)).isNull();
    assertThat(removal.outcome()).contains("leads");
  }

  @Test
  void aMembershipThatSomebodyElseChangedNeedsAnotherPlan() {
    Peer second = Peer.voter(20, 2);
    Peer third = new Peer(30, 3, PeerRole.LEARNER);
    Operator operator =
        operators.start(
            region(List.of(leader, second, third), List.of(third)),
            "demote-voters",
            "there are 2 voters",
            List.of(new Step.EnterJoint(List.of(), List.of(second)), new Step.LeaveJoint()),
            now);
    RegionInfo three =
        regionAt(5, List.of(leader, second, new Peer(30, 3, PeerRole.VOTER)), List.of());
    assertThat(report(three)).isNull();
    assertThat(operator.status()).isEqualTo(Operator.Status.CANCELLED);
    assertThat(operator.outcome()).contains("conf_ver is 5, not 4");
  }

  @Test
  void itsOwnStepsMayChangeTheMembership() {
    Peer second = Peer.voter(20, 2);
    Peer heir = Peer.learner(30, 3);
    Operator operator =
        operators.start(
            regionAt(4, List.of(leader, second, heir), List.of()),
            "replace-replica",
            "a store is lost",
            List.of(
                new Step.EnterJoint(List.of(heir), List.of(second)),
                new Step.LeaveJoint(),
                new Step.RemovePeer(second)),
            now);
    report(
        regionAt(
            6,
            List.of(
                leader,
                new Peer(20, 2, PeerRole.DEMOTING_VOTER),
                new Peer(30, 3, PeerRole.INCOMING_VOTER)),
            List.of()));
    report(
        regionAt(
            8,
            List.of(leader, new Peer(20, 2, PeerRole.LEARNER), new Peer(30, 3, PeerRole.VOTER)),
            List.of()));
    assertThat(operator.status()).isEqualTo(Operator.Status.RUNNING);
    report(regionAt(9, List.of(leader, new Peer(30, 3, PeerRole.VOTER)), List.of()));
    assertThat(operator.status()).isEqualTo(Operator.Status.SUCCESS);
  }

  @Test
  void aDeadlineEndsItAlsoWithoutReports() {
    Operator operator = start(new Step.AddLearner(learner));
    operators.expire(now + 599 * SECOND);
    assertThat(operators.running()).containsExactly(operator);
    operators.expire(now + 600 * SECOND);
    assertThat(operator.status()).isEqualTo(Operator.Status.TIMEOUT);
    assertThat(operator.outcome()).contains("add learner 20 on store 2");
    assertThat(operators.running()).isEmpty();
  }

  @Test
  void aRegionHasOneOperatorAtMost() {
    Operator first = start(new Step.AddLearner(learner));
    assertThat(start(new Step.LeaveJoint())).isSameAs(first);
    assertThat(operators.running()).containsExactly(first);
  }

  @Test
  void countsTheMovesToAndFromEachStore() {
    start(new Step.AddLearner(learner), new Step.RemovePeer(Peer.learner(30, 3)));
    assertThat(operators.countOnStore(1)).isZero();
    assertThat(operators.countOnStore(2)).isEqualTo(1);
    assertThat(operators.countOnStore(3)).isEqualTo(1);
    operators.cancel(7, "no longer wanted", now);
    assertThat(operators.countOnStore(2)).isZero();
    assertThat(operators.countOnStore(3)).isZero();
  }

  @Test
  void remembersABoundedNumberOfWhatEnded() {
    for (int i = 0; i < 300; i++) {
      start(new Step.AddLearner(learner));
      operators.cancel(7, "again", now);
    }
    assertThat(operators.finished()).hasSize(128);
  }
}
