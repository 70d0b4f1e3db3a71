package dev.terrane.raft;

import static dev.terrane.raft.Solo.append;
import static dev.terrane.raft.Solo.entry;
import static dev.terrane.raft.Solo.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of "Consensus: Bridging Theory and Practice" beyond the paper's, by section. */
class RaftDissertationTest {
  private static final PeerSet THREE = PeerSet.of(1, 2, 3);

  private static ConfChange single(Change change) {
    return new ConfChange.Single(change, Bytes.EMPTY);
  }

  private static void assertRefused(ProposeResult result, ProposeResult.Reason reason) {
    assertThat(result).isInstanceOf(ProposeResult.Refused.class);
    assertThat(((ProposeResult.Refused) result).reason()).isEqualTo(reason);
  }

  // ---- 3.10, leadership transfer

  @Test
  void section310TheTargetIsBroughtUpToDateBeforeItIsTold() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.settle();
    leader.node().transferLeader(2);
    assertThat(only(Message.TimeoutNow.class, leader.settle())).isEmpty();
    assertThat(leader.node().leaseRevoked()).isFalse();
    assertThat(only(Message.TimeoutNow.class, leader.accept(2, 3))).hasSize(1);
    assertThat(leader.node().leaseRevoked()).isTrue();
  }

  @Test
  void section310ProposalsAreRefusedUntilItIsGivenUp() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().transferLeader(2);
    assertRefused(leader.node().propose(Bytes.EMPTY), ProposeResult.Reason.TRANSFERRING);
    for (int i = 0; i < 5; i++) {
      leader.tick(1);
      leader.step(new Message.HeartbeatAck(2, 1, leader.node().term(), 1));
    }
    assertThat(leader.node().propose(Bytes.EMPTY))
        .isEqualTo(new ProposeResult.Appended(3, leader.node().term()));
    assertThat(leader.node().leaseRevoked()).as("the target may still campaign").isTrue();
  }

  @Test
  void section310ATransferPassesOverTheVotersPromise() {
    Solo peer = Solo.of(1, 2, 3);
    peer.step(new Message.Heartbeat(2, 1, 1, 0, 1));
    assertThat(peer.step(new Message.RequestVote(3, 1, 2, 1, 1, 0, 0, true)))
        .containsExactly(new Message.VoteResult(1, 3, 2, true));
  }

  @Test
  void section310TheTargetCampaignsWithoutAPreVote() {
    Solo peer = Solo.of(1, 2, 3);
    List<Message> requests = peer.step(new Message.TimeoutNow(2, 1, 1));
    assertThat(only(Message.RequestVote.class, requests))
        .hasSize(2)
        .allMatch(Message.RequestVote::transfer);
  }

  // ---- 4.1, single-server changes

  @Test
  void section41AChangeCountsOnlyOnceItIsApplied() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().proposeConfChange(single(Change.addVoter(4)));
    leader.settle();
    assertThat(leader.node().membership().voters()).isEqualTo(THREE);
    leader.accept(2, 3);
    assertThat(leader.node().membership().voters()).isEqualTo(PeerSet.of(1, 2, 3, 4));
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.settle();
    leader.accept(2, 4);
    assertThat(leader.node().committed()).as("two of four").isEqualTo(3);
    leader.accept(3, 4);
    assertThat(leader.node().committed()).isEqualTo(4);
  }

  @Test
  void section41OneChangeAtATime() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().proposeConfChange(single(Change.addLearner(4)));
    leader.settle();
    assertRefused(
        leader.node().proposeConfChange(single(Change.addLearner(5))),
        ProposeResult.Reason.CONF_CHANGE_PENDING);
  }

  /** The fault found after the dissertation: two leaders could change members by turns. */
  @Test
  void section41NoChangeBeforeTheTermHasCommittedAnEntry() {
    Solo leader = Solo.of(1, 2, 3).elected();
    assertRefused(
        leader.node().proposeConfChange(single(Change.addVoter(4))),
        ProposeResult.Reason.CONF_CHANGE_PENDING);
    leader.accept(2, 2);
    assertThat(leader.node().proposeConfChange(single(Change.addVoter(4))))
        .isInstanceOf(ProposeResult.Appended.class);
  }

  @Test
  void section41AChangeOfAnEarlierTermBlocksTheNext() {
    Solo leader = Solo.of(1, 2, 3);
    Entry change = new Entry(2, 1, EntryKind.CONF_CHANGE, single(Change.addLearner(4)).encode());
    leader.step(append(2, 1, 1, 1, change));
    leader.tick(6);
    leader.elected();
    assertRefused(
        leader.node().proposeConfChange(single(Change.addLearner(5))),
        ProposeResult.Reason.CONF_CHANGE_PENDING);
    leader.accept(2, 3);
    assertThat(leader.node().membership().learners()).isEqualTo(PeerSet.of(4));
    assertThat(leader.node().proposeConfChange(single(Change.addLearner(5))))
        .isInstanceOf(ProposeResult.Appended.class);
  }

  @Test
  void section41AReplacedChangeBlocksNothing() {
    Solo peer = Solo.of(1, 2, 3);
    Entry change = new Entry(2, 1, EntryKind.CONF_CHANGE, single(Change.addLearner(4)).encode());
    peer.step(append(2, 1, 1, 1, change));
    peer.step(append(3, 2, 1, 1, 2, entry(2, 2)));
    peer.tick(6);
    peer.leading();
    assertThat(peer.node().proposeConfChange(single(Change.addLearner(5))))
        .isInstanceOf(ProposeResult.Appended.class);
  }

  // ---- 4.2

  @Test
  void section421ALearnerDoesNotCount() {
    Solo leader = Solo.of(1, 2).leading();
    leader.node().proposeConfChange(single(Change.addLearner(3)));
    leader.settle();
    leader.accept(2, 3);
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.settle();
    leader.accept(3, 4);
    assertThat(leader.node().committed()).isEqualTo(3);
    assertThat(leader.node().transferLeader(3)).isFalse();
  }

  @Test
  void section421ALearnerNeverCampaigns() {
    Solo peer = Solo.of(1, 2, 3);
    Entry demotion = new Entry(2, 1, EntryKind.CONF_CHANGE, single(Change.addLearner(1)).encode());
    peer.step(append(2, 1, 1, 1, 2, demotion));
    assertThat(peer.node().membership().isLearner(1)).isTrue();
    assertThat(peer.tick(100)).isEmpty();
    assertThat(peer.step(new Message.TimeoutNow(2, 1, 1))).isEmpty();
  }

  @Test
  void section422ARemovedLeaderGivesWayOnceTheChangeIsApplied() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().proposeConfChange(single(Change.remove(1)));
    leader.settle();
    assertThat(leader.node().role()).isEqualTo(RoleKind.LEADER);
    leader.accept(2, 3);
    assertThat(leader.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(leader.tick(100)).isEmpty();
  }

  // ---- 4.3, joint consensus

  @Test
  void section43BothMajoritiesDecide() {
    Solo leader = Solo.of(1, 2, 3).leading();
    ConfChange enter =
        new ConfChange.EnterJoint(
            List.of(Change.addVoter(4), Change.addVoter(5), Change.remove(2), Change.remove(3)),
            Bytes.EMPTY);
    leader.node().proposeConfChange(enter);
    leader.settle();
    leader.accept(2, 3);
    assertThat(leader.node().membership().isJoint()).isTrue();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.settle();
    leader.accept(2, 4);
    leader.accept(3, 4);
    assertThat(leader.node().committed()).as("all of the old, one of the new").isEqualTo(3);
    leader.accept(4, 4);
    assertThat(leader.node().committed()).isEqualTo(4);
    leader.node().proposeConfChange(new ConfChange.LeaveJoint(Bytes.EMPTY));
    leader.settle();
    leader.accept(4, 5);
    leader.accept(5, 5);
    assertThat(leader.node().committed()).as("all of the new, one of the old").isEqualTo(4);
    leader.accept(2, 5);
    assertThat(leader.node().membership()).isEqualTo(Membership.ofVoters(1, 4, 5));
  }

  @Test
  void section43ADemotedVoterVotesUntilTheChangeIsLeft() {
    Membership joint =
        MembershipChange.apply(
            Membership.ofVoters(1, 2, 3),
            new ConfChange.EnterJoint(
                List.of(Change.addLearner(3), Change.addVoter(4)), Bytes.EMPTY));
    assertThat(joint.isVoter(3)).isTrue();
    assertThat(joint.learnersNext()).isEqualTo(PeerSet.of(3));
    Membership left = MembershipChange.apply(joint, new ConfChange.LeaveJoint(Bytes.EMPTY));
    assertThat(left).isEqualTo(Membership.of(PeerSet.of(1, 2, 4), PeerSet.of(3)));
  }

  // ---- 6.2 and 6.4, clients

  @Test
  void section62ALeaderWithoutAQuorumGivesWay() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.tick(5);
    leader.tick(5);
    assertThat(leader.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(leader.node().leaderId()).isZero();
  }

  @Test
  void section64ReadsWaitForTheTermsFirstCommit() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.node().readIndex(7, Bytes.EMPTY);
    leader.settle();
    leader.step(new Message.HeartbeatAck(2, 1, leader.node().term(), 1));
    assertThat(leader.machine.takeReads()).isEmpty();
    Message.Heartbeat round = only(Message.Heartbeat.class, leader.accept(2, 2)).getFirst();
    leader.step(new Message.HeartbeatAck(2, 1, round.term(), round.round()));
    assertThat(leader.machine.takeReads()).containsExactly(new ReadOutcome.Confirmed(7, 2));
  }

  @Test
  void section64OneRoundConfirmsAllThatWait() {
    Solo leader = Solo.of(1, 2, 3).leading();
    for (int id = 0; id < 5; id++) {
      leader.node().readIndex(id, Bytes.EMPTY);
    }
    List<Message.Heartbeat> round = only(Message.Heartbeat.class, leader.settle());
    assertThat(round).hasSize(2);
    leader.step(new Message.HeartbeatAck(2, 1, round.getFirst().term(), round.getFirst().round()));
    assertThat(leader.machine.takeReads()).hasSize(5);
  }

  @Test
  void section64AppendsConfirmRoundsToo() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.tick(2);
    leader.node().propose(Bytes.ofUtf8("x"));
    Message.AppendEntries append = only(Message.AppendEntries.class, leader.settle()).getFirst();
    assertThat(leader.node().confirmedRound()).isLessThan(append.round());
    leader.step(new Message.AppendAccepted(2, 1, append.term(), 3, append.round()));
    assertThat(leader.node().confirmedRound()).isEqualTo(append.round());
  }

  // ---- 9.6, pre-vote

  @Test
  void section96APreVoteChangesNothing() {
    Solo peer = Solo.withLog(THREE, 2, 2);
    assertThat(peer.step(new Message.RequestPreVote(2, 1, 8, 3, 2, 0, 0)))
        .containsExactly(new Message.PreVoteResult(1, 2, 2, 8, true));
    assertThat(peer.node().term()).isEqualTo(2);
    assertThat(peer.step(new Message.RequestPreVote(3, 1, 8, 3, 2, 0, 0)))
        .as("binds nobody")
        .containsExactly(new Message.PreVoteResult(1, 3, 2, 8, true));
  }

  @Test
  void section96APreVoteNeedsAnUpToDateLog() {
    Solo peer = Solo.withLog(THREE, 2, 2);
    assertThat(peer.step(new Message.RequestPreVote(2, 1, 8, 2, 2, 0, 0)))
        .containsExactly(new Message.PreVoteResult(1, 2, 2, 8, false));
  }

  @Test
  void section96ACandidateWithoutAQuorumKeepsItsTerm() {
    Solo peer = Solo.of(1, 2, 3);
    peer.tick(200);
    assertThat(peer.node().role()).isEqualTo(RoleKind.PRE_CANDIDATE);
    assertThat(peer.node().term()).isEqualTo(1);
  }

  // ---- 10.2.1, writing to the leader's disk in parallel

  @Test
  void section1021AppendsLeaveBeforeTheLeadersOwnWrite() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.machine.takeReady();
    assertThat(leader.machine.isWriting()).isTrue();
    assertThat(only(Message.AppendEntries.class, leader.takeSent())).hasSize(2);
  }

  @Test
  void section1021TheLeaderCountsItselfOnlyOnceItHasWritten() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.machine.takeReady();
    leader.node().step(new Message.AppendAccepted(2, 1, leader.node().term(), 3, 0));
    assertThat(leader.node().committed()).isEqualTo(2);
    leader.machine.completeWrite();
    assertThat(leader.node().committed()).isEqualTo(2);
    leader.machine.report();
    assertThat(leader.node().committed()).isEqualTo(3);
  }

  @Test
  void section1021TheOthersMayCommitWithoutTheLeadersDisk() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.machine.takeReady();
    leader.node().step(new Message.AppendAccepted(2, 1, leader.node().term(), 3, 0));
    leader.node().step(new Message.AppendAccepted(3, 1, leader.node().term(), 3, 0));
    assertThat(leader.node().committed()).isEqualTo(3);
    assertThat(leader.machine.takeReady()).as("not durable here yet").isNull();
    leader.settle();
    assertThat(leader.machine.app().applied()).isEqualTo(3);
  }

  /** A follower that had applied more would show a write which a later read here does not find. */
  @Test
  void section641NoFollowerIsAheadOfWhatTheLeaderReads() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.machine.takeReady();
    leader.takeSent();
    leader.node().step(new Message.AppendAccepted(2, 1, leader.node().term(), 3, 0));
    leader.node().step(new Message.AppendAccepted(3, 1, leader.node().term(), 3, 0));
    assertThat(leader.node().committed()).isEqualTo(3);
    leader.machine.takeReady();
    assertThat(leader.takeSent()).as("it has not applied it").isEmpty();
    assertThat(only(Message.CommitAdvanced.class, leader.settle()))
        .extracting(Message.CommitAdvanced::commit)
        .containsExactly(3L, 3L);
  }

  /**
   * An entry is on its way to disk, is replaced, and is put back before the first write is
   * reported: that report no longer speaks of the entry.
   */
  @Test
  void section1021AReportSaysNothingOfEntriesReplacedSince() {
    Solo peer = Solo.of(1, 2, 3, 4, 5);
    Entry first = entry(2, 2);
    peer.node().step(append(2, 2, 1, 1, first));
    peer.machine.takeReady();
    peer.node().step(append(3, 3, 1, 1, entry(2, 3)));
    peer.machine.takeReady();
    peer.node().step(append(4, 4, 1, 1, first, entry(3, 4)));
    peer.machine.takeReady();
    peer.machine.completeWrite();
    peer.machine.report();
    assertThat(peer.node().status().persistedIndex()).isEqualTo(1);
    peer.settle();
    assertThat(peer.node().status().persistedIndex()).isEqualTo(3);
    assertThat(peer.machine.disk().at(2)).isEqualTo(first);
  }
}
