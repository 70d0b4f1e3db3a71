package dev.terrane.raft;

import static dev.terrane.raft.Solo.append;
import static dev.terrane.raft.Solo.entry;
import static dev.terrane.raft.Solo.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of "In Search of an Understandable Consensus Algorithm" (extended), by section. */
class RaftPaperTest {
  private static final PeerSet THREE = PeerSet.of(1, 2, 3);

  // ---- figure 2, AppendEntries RPC

  @Test
  void figure2AppendFromAnEarlierTermIsRefused() {
    Solo peer = Solo.withLog(THREE, 3);
    List<Message> answers = peer.step(append(2, 2, 2, 3, entry(3, 2)));
    assertThat(answers).containsExactly(new Message.StaleTerm(1, 2, 3));
    assertThat(peer.node().lastIndex()).isEqualTo(2);
  }

  @Test
  void figure2AppendWithoutItsPredecessorIsRejected() {
    Solo peer = Solo.withLog(THREE, 2, 2);
    List<Message> answers = peer.step(append(2, 3, 5, 3, entry(6, 3)));
    assertThat(answers).containsExactly(new Message.AppendRejected(1, 2, 3, 5, 3, 2, 1));
  }

  @Test
  void figure2ConflictingEntriesAreReplacedWithAllThatFollow() {
    Solo peer = Solo.withLog(THREE, 2, 2, 2);
    peer.step(append(2, 3, 2, 2, entry(3, 3)));
    assertThat(peer.node().lastIndex()).isEqualTo(3);
    assertThat(peer.node().termAt(3)).isEqualTo(3);
    assertThat(peer.machine.disk().lastIndex()).isEqualTo(3);
  }

  @Test
  void figure2AnAppendOfKnownEntriesCutsNothingOff() {
    Solo peer = Solo.withLog(THREE, 2, 2, 2);
    List<Message> answers = peer.step(append(2, 2, 1, 1, entry(2, 2)));
    assertThat(peer.node().lastIndex()).isEqualTo(4);
    assertThat(only(Message.AppendAccepted.class, answers))
        .as("acknowledges what the append covers, not what follows unchecked")
        .extracting(Message.AppendAccepted::matchIndex)
        .containsExactly(2L);
  }

  @Test
  void figure2CommitFollowsTheLeaderButNotBeyondTheLastNewEntry() {
    Solo peer = Solo.withLog(THREE, 2, 2, 2);
    peer.step(append(2, 3, 1, 1, 9, entry(2, 2)));
    assertThat(peer.node().committed()).isEqualTo(2);
    peer.step(append(2, 3, 2, 2, 3, entry(3, 2)));
    assertThat(peer.node().committed()).isEqualTo(3);
  }

  // ---- 5.1

  @Test
  void section51ALaterTermMakesAFollower() {
    Solo leader = Solo.of(1, 2, 3).leading();
    long later = leader.node().term() + 1;
    leader.step(new Message.AppendAccepted(2, 1, later, 2, 0));
    assertThat(leader.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(leader.node().term()).isEqualTo(later);
    assertThat(leader.machine.diskState()).isEqualTo(new HardState(later, 0, 2));
  }

  @Test
  void section51ACandidatesStaleTermIsAnswered() {
    Solo peer = Solo.withLog(THREE, 3);
    assertThat(peer.step(new Message.RequestVote(2, 1, 2, 9, 2, 0, 0, false)))
        .containsExactly(new Message.VoteResult(1, 2, 3, false));
  }

  // ---- 5.2

  @Test
  void section52AFollowerCampaignsWhenItHearsNothing() {
    Solo peer = Solo.of(1, 2, 3);
    assertThat(peer.tick(5)).isEmpty();
    assertThat(only(Message.RequestPreVote.class, peer.tick(5))).hasSize(2);
  }

  @Test
  void section52HearingOfALeaderPutsCampaigningOff() {
    Solo peer = Solo.of(1, 2, 3);
    for (int i = 0; i < 10; i++) {
      peer.tick(5);
      peer.step(new Message.Heartbeat(2, 1, 1, 0, i));
    }
    assertThat(peer.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(peer.node().leaderId()).isEqualTo(2);
  }

  @Test
  void section52OneVotePerTermFirstComeFirstServed() {
    Solo peer = Solo.of(1, 2, 3);
    Message.RequestVote first = new Message.RequestVote(2, 1, 2, 1, 1, 0, 0, false);
    assertThat(peer.step(first)).containsExactly(new Message.VoteResult(1, 2, 2, true));
    assertThat(peer.step(first)).containsExactly(new Message.VoteResult(1, 2, 2, true));
    assertThat(peer.step(new Message.RequestVote(3, 1, 2, 9, 1, 0, 0, false)))
        .containsExactly(new Message.VoteResult(1, 3, 2, false));
  }

  @Test
  void section52TheVoteSurvivesACrash() {
    Solo peer = Solo.of(1, 2, 3);
    peer.step(new Message.RequestVote(2, 1, 2, 1, 1, 0, 0, false));
    peer.machine.crash(0, 0);
    peer.machine.restart();
    peer.tick(6);
    assertThat(peer.step(new Message.RequestVote(3, 1, 2, 9, 1, 0, 0, false)))
        .containsExactly(new Message.VoteResult(1, 3, 2, false));
  }

  @Test
  void section52AMajorityElects() {
    Solo peer = Solo.of(1, 2, 3, 4, 5);
    peer.node().campaign();
    peer.settle();
    peer.step(new Message.PreVoteResult(2, 1, 1, 1, true));
    peer.step(new Message.PreVoteResult(3, 1, 1, 1, true));
    peer.step(new Message.VoteResult(2, 1, 2, true));
    assertThat(peer.node().role()).isEqualTo(RoleKind.CANDIDATE);
    peer.step(new Message.VoteResult(2, 1, 2, true));
    assertThat(peer.node().role()).as("a repeated vote counts once").isEqualTo(RoleKind.CANDIDATE);
    peer.step(new Message.VoteResult(4, 1, 2, true));
    assertThat(peer.node().role()).isEqualTo(RoleKind.LEADER);
  }

  @Test
  void section52ACandidateYieldsToTheLeaderOfItsTerm() {
    Solo peer = Solo.of(Solo.CONFIG, 1, 2, 3);
    peer.node().campaign();
    peer.settle();
    peer.step(new Message.PreVoteResult(2, 1, 1, 1, true));
    assertThat(peer.node().role()).isEqualTo(RoleKind.CANDIDATE);
    peer.step(append(3, 2, 1, 1, entry(2, 2)));
    assertThat(peer.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(peer.node().leaderId()).isEqualTo(3);
  }

  // ---- 5.3

  @Test
  void section53ALeaderRetriesFromWhereTheLogsAgree() {
    Solo leader = Solo.withLog(THREE, 2, 2, 4, 4, 5).elected();
    assertThat(leader.node().lastIndex()).isEqualTo(7);
    leader.takeSent();
    // The follower has terms 1 2 2 3 3 3: the logs agree through index 3.
    List<Message> retry =
        leader.step(new Message.AppendRejected(2, 1, leader.node().term(), 6, 6, 3, 0));
    assertThat(only(Message.AppendEntries.class, retry))
        .extracting(Message.AppendEntries::prevIndex)
        .containsExactly(3L);
  }

  @Test
  void section53ALeaderNeverOverwritesItsOwnEntries() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.settle();
    leader.step(new Message.AppendRejected(2, 1, leader.node().term(), 2, 1, 1, 0));
    assertThat(leader.node().lastIndex()).isEqualTo(3);
  }

  @Test
  void section53CommittedEntriesAreAppliedInOrder() {
    Solo leader = Solo.of(1, 2, 3).leading();
    for (int i = 0; i < 3; i++) {
      leader.node().propose(Bytes.ofUtf8("x" + i));
    }
    leader.settle();
    assertThat(leader.machine.app().applied()).isEqualTo(2);
    leader.accept(2, 4);
    assertThat(leader.machine.app().applied()).isEqualTo(4);
    leader.accept(3, 5);
    assertThat(leader.machine.app().applied()).isEqualTo(5);
  }

  // ---- 5.4

  @Test
  void section541AVoterDeniesALessCompleteLog() {
    Solo peer = Solo.withLog(THREE, 2, 3, 3);
    assertThat(peer.step(new Message.RequestVote(2, 1, 5, 99, 2, 0, 0, false)))
        .as("a longer log of an earlier term")
        .containsExactly(new Message.VoteResult(1, 2, 5, false));
    assertThat(peer.step(new Message.RequestVote(2, 1, 6, 3, 3, 0, 0, false)))
        .as("a shorter log of the same term")
        .containsExactly(new Message.VoteResult(1, 2, 6, false));
    assertThat(peer.step(new Message.RequestVote(2, 1, 7, 4, 3, 0, 0, false)))
        .containsExactly(new Message.VoteResult(1, 2, 7, true));
    assertThat(peer.step(new Message.RequestVote(3, 1, 8, 2, 4, 0, 0, false)))
        .as("a shorter log of a later term")
        .containsExactly(new Message.VoteResult(1, 3, 8, true));
  }

  /** Figure 8: copies alone do not commit an entry of an earlier term. */
  @Test
  void section542EntriesOfEarlierTermsAreCommittedByOnesOfTheOwn() {
    Solo leader = Solo.withLog(THREE, 2, 2).elected();
    leader.accept(2, 3);
    assertThat(leader.node().committed()).isEqualTo(1);
    leader.accept(2, 4);
    assertThat(leader.node().committed()).isEqualTo(4);
  }

  // ---- 6

  @Test
  void section6AVoterThatHearsOfItsLeaderHeedsNoCandidate() {
    Solo peer = Solo.of(1, 2, 3);
    peer.step(new Message.Heartbeat(2, 1, 1, 0, 1));
    peer.tick(5);
    assertThat(peer.step(new Message.RequestVote(3, 1, 7, 99, 6, 0, 0, false))).isEmpty();
    assertThat(peer.step(new Message.RequestPreVote(3, 1, 7, 99, 6, 0, 0))).isEmpty();
    assertThat(peer.node().term()).isEqualTo(1);
  }

  // ---- 7

  @Test
  void section7ASnapshotReplacesAConflictingLog() {
    Solo peer = Solo.withLog(THREE, 2, 2, 2);
    Snapshot snapshot = new AppState(9, 3, Membership.ofVoters(1, 2, 3), 77).toSnapshot();
    List<Message> answers = peer.step(new Message.InstallSnapshot(2, 1, 3, snapshot));
    assertThat(answers).containsExactly(new Message.AppendAccepted(1, 2, 3, 9, 0));
    assertThat(peer.node().status().firstIndex()).isEqualTo(10);
    assertThat(peer.machine.app()).isEqualTo(AppState.of(snapshot));
  }

  @Test
  void section7ASnapshotOfAPrefixKeepsWhatFollows() {
    Solo peer = Solo.withLog(THREE, 2, 2, 2);
    Snapshot snapshot = new AppState(3, 2, Membership.ofVoters(1, 2, 3), 77).toSnapshot();
    peer.step(new Message.InstallSnapshot(2, 1, 3, snapshot));
    assertThat(peer.node().lastIndex()).isEqualTo(4);
    assertThat(peer.node().committed()).isEqualTo(3);
    assertThat(peer.machine.app().applied()).as("by its own entries").isEqualTo(3);
  }

  /** The application writes, then tells: a snapshot opened in between has more than was told. */
  @Test
  void section7ASnapshotMayHoldWhatIsAppliedAndNotYetTold() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.accept(2, leader.node().lastIndex());
    leader.machine.compact(leader.node().lastIndex());
    long term = leader.node().term();
    leader.step(new Message.AppendRejected(3, 1, term, leader.node().lastIndex() - 1, 0, 0, 0));
    leader.node().propose(Bytes.ofUtf8("x"));
    leader.machine.takeReady();
    leader.machine.completeWrite();
    leader.machine.report();
    leader.node().step(new Message.AppendAccepted(2, 1, term, 3, 0));
    leader.machine.takeReady();
    assertThat(leader.node().committed()).isEqualTo(3);
    assertThat(leader.node().applied()).isEqualTo(2);

    Snapshot snapshot = new AppState(3, term, Membership.ofVoters(1, 2, 3), 77).toSnapshot();

    assertThat(leader.node().sendSnapshot(3, snapshot)).isNotNull();
  }

  /**
   * From the opening of a snapshot on the log is held behind it, until its peer has what was
   * appended while it travelled; then what is kept for anybody.
   */
  @Test
  void section7TheLogIsHeldForAPeerThatIsSentASnapshot() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.accept(2, leader.node().lastIndex());
    long term = leader.node().term();
    leader.machine.compact(leader.node().lastIndex());
    leader.step(new Message.AppendRejected(3, 1, term, leader.node().lastIndex() - 1, 0, 0, 0));
    assertThat(leader.node().awaitsSnapshot(3)).isTrue();
    assertThat(leader.node().releasableThrough()).as("nothing is open").isEqualTo(Long.MAX_VALUE);

    assertThat(leader.node().openingSnapshot(3)).isTrue();
    assertThat(leader.node().openingSnapshot(2)).as("it needs none").isFalse();
    long opened = leader.node().applied();
    assertThat(leader.node().releasableThrough()).isEqualTo(opened);
    appendAndCommit(leader, 8);
    assertThat(leader.node().releasableThrough()).as("it is being opened").isEqualTo(opened);
    leader
        .node()
        .sendSnapshot(
            3, new AppState(opened + 2, term, Membership.ofVoters(1, 2, 3), 7).toSnapshot());
    assertThat(leader.node().releasableThrough()).isEqualTo(opened + 2);
    leader.node().reportSnapshot(3, true);
    appendAndCommit(leader, 8);

    leader.accept(3, opened + 2);
    assertThat(leader.node().releasableThrough()).as("it catches up").isEqualTo(opened + 2);
    leader.accept(3, opened + 10);
    assertThat(leader.node().releasableThrough()).isEqualTo(opened + 10);
    leader.accept(3, leader.node().lastIndex());
    assertThat(leader.node().releasableThrough()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void section7WhatFollowsASnapshotIsNotHeldOnceThatHasFailed() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.accept(2, leader.node().lastIndex());
    long term = leader.node().term();
    leader.machine.compact(leader.node().lastIndex());
    leader.step(new Message.AppendRejected(3, 1, term, leader.node().lastIndex() - 1, 0, 0, 0));
    leader.node().openingSnapshot(3);
    assertThat(leader.node().releasableThrough()).isLessThan(Long.MAX_VALUE);

    leader.node().reportSnapshot(3, false);

    assertThat(leader.node().releasableThrough()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void section7ASilentPeerThatGotASnapshotIsNotWaitedForWithoutEnd() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.accept(2, leader.node().lastIndex());
    long term = leader.node().term();
    leader.machine.compact(leader.node().lastIndex());
    leader.step(new Message.AppendRejected(3, 1, term, leader.node().lastIndex() - 1, 0, 0, 0));
    leader.node().openingSnapshot(3);
    long opened = leader.node().applied();
    Snapshot snapshot = new AppState(opened, term, Membership.ofVoters(1, 2, 3), 7).toSnapshot();
    leader.node().sendSnapshot(3, snapshot);
    for (int i = 0; i < 200; i++) {
      leader.tick(1);
      leader.step(new Message.HeartbeatAck(2, 1, term, 1));
    }
    assertThat(leader.node().releasableThrough()).as("its sender has not ended").isEqualTo(opened);
    leader.node().reportSnapshot(3, true);
    for (int i = 0; i < 200; i++) {
      leader.tick(1);
      leader.step(new Message.HeartbeatAck(2, 1, term, 1));
    }

    assertThat(leader.node().releasableThrough()).isEqualTo(Long.MAX_VALUE);
  }

  /** A release overtook it: the leader has no use for it, and goes on. */
  @Test
  void section7ASnapshotFromBeforeTheLogIsNotSent() {
    Solo leader = Solo.of(1, 2, 3).elected();
    leader.accept(2, leader.node().lastIndex());
    long term = leader.node().term();
    leader.machine.compact(leader.node().lastIndex());
    leader.step(new Message.AppendRejected(3, 1, term, leader.node().lastIndex() - 1, 0, 0, 0));
    long opened = leader.node().applied();
    appendAndCommit(leader, 8);
    leader.machine.compact(leader.node().applied());

    Snapshot old = new AppState(opened, term, Membership.ofVoters(1, 2, 3), 7).toSnapshot();

    assertThat(leader.node().sendSnapshot(3, old)).isNull();
  }

  private static void appendAndCommit(Solo leader, int entries) {
    for (int i = 0; i < entries; i++) {
      leader.node().propose(Bytes.ofUtf8("x" + i));
    }
    leader.settle();
    leader.accept(2, leader.node().lastIndex());
  }

  @Test
  void section7NothingIsAppliedWhileASnapshotIsInstalled() {
    Solo peer = Solo.of(1, 2, 3);
    Snapshot snapshot = new AppState(9, 3, Membership.ofVoters(1, 2, 3), 77).toSnapshot();
    peer.node().step(new Message.InstallSnapshot(2, 1, 3, snapshot));
    peer.node().step(append(2, 3, 9, 3, 10, entry(10, 3)));
    peer.machine.takeReady();
    peer.machine.completeWrite();
    peer.machine.report();
    assertThat(peer.node().hasReady()).isFalse();
    assertThat(peer.node().campaign()).as("half of it may be missing").isFalse();
    peer.machine.applyNext();
    peer.settle();
    assertThat(peer.machine.app().applied()).isEqualTo(10);
  }

  // ---- 8

  @Test
  void section8ALeaderOpensItsTermByAnEmptyEntry() {
    Solo leader = Solo.of(1, 2, 3).elected();
    Entry opening = leader.node().entryAt(2);
    assertThat(opening.term()).isEqualTo(leader.node().term());
    assertThat(opening.data().isEmpty()).isTrue();
  }

  @Test
  void section8AReadNeedsAQuorumThatAnswersAfterIt() {
    Solo leader = Solo.of(1, 2, 3).leading();
    leader.node().readIndex(7, Bytes.EMPTY);
    Message.Heartbeat asked = only(Message.Heartbeat.class, leader.settle()).getFirst();
    leader.step(new Message.HeartbeatAck(2, 1, asked.term(), asked.round() - 1));
    assertThat(leader.machine.takeReads()).as("answers an earlier round").isEmpty();
    leader.step(new Message.HeartbeatAck(2, 1, asked.term(), asked.round()));
    assertThat(leader.machine.takeReads()).containsExactly(new ReadOutcome.Confirmed(7, 2));
  }
}
