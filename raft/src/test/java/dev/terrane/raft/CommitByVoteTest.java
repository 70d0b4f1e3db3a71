package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import org.junit.jupiter.api.Test;

/** What a candidate knows to be committed, and who may believe it of its own log. */
class CommitByVoteTest {
  private final Solo solo = Solo.withLog(PeerSet.of(1, 2, 3), 2, 2);

  private static Message.RequestPreVote preVote(long commit, long commitTerm) {
    return new Message.RequestPreVote(2, 1, 2, 3, 1, commit, commitTerm);
  }

  private static Message.RequestVote vote(long commit, long commitTerm) {
    return new Message.RequestVote(2, 1, 3, 3, 1, commit, commitTerm, false);
  }

  @Test
  void theSameEntryIsCommittedHereTooThoughTheCandidateIsRefused() {
    assertThat(solo.step(preVote(2, 2)))
        .containsExactly(new Message.PreVoteResult(1, 2, 2, 2, false));
    assertThat(solo.node().committed()).isEqualTo(2);

    assertThat(solo.step(vote(3, 2))).containsExactly(new Message.VoteResult(1, 2, 3, false));
    assertThat(solo.node().committed()).isEqualTo(3);
  }

  @Test
  void anotherEntryOrNoneProvesNothing() {
    solo.step(preVote(3, 1));
    solo.step(preVote(3, 0));
    solo.step(preVote(4, 2));
    solo.step(preVote(-1, 2));
    solo.step(preVote(Long.MAX_VALUE, 2));
    solo.step(vote(3, 1));
    assertThat(solo.node().committed()).isEqualTo(1);
  }

  @Test
  void whoStandsInAGroupThatIsNoMoreGivesUp() {
    Bytes change = new ConfChange.Single(Change.addLearner(4), Bytes.EMPTY).encode();
    solo.step(Solo.append(2, 3, 3, 2, new Entry(4, 3, EntryKind.CONF_CHANGE, change)));
    solo.tick(Solo.CONFIG.electionTicksMax());
    assertThat(solo.node().role()).isEqualTo(RoleKind.PRE_CANDIDATE);

    solo.step(new Message.RequestPreVote(2, 1, 2, 9, 2, 4, 3));

    assertThat(solo.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(solo.node().membership().learners()).isEqualTo(PeerSet.of(4));
  }
}
