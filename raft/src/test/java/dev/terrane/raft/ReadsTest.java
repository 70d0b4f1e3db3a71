package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a peer's earlier life, or an entry on its way, means for reads. */
class ReadsTest {
  private static final long LEADER = 2;

  private static RawNode follower(long seed) {
    RawNode node =
        new RawNode(
            Solo.CONFIG,
            1,
            InitialState.bootstrap(Membership.ofVoters(1, LEADER, 3)),
            new MemoryLog(1, 1),
            new Random(seed));
    node.step(new Message.Heartbeat(LEADER, 1, 1, 0, 1));
    return node;
  }

  private static Message.ReadIndexRequest ask(RawNode node, long requestId) {
    assertThat(node.readIndex(requestId, Bytes.EMPTY)).isTrue();
    return Solo.only(Message.ReadIndexRequest.class, node.ready().messages()).getFirst();
  }

  @Test
  void anAnswerToAnEarlierLifeIsNoAnswerToALaterQuestion() {
    Message.ReadIndexRequest earlier = ask(follower(1), 1);
    RawNode restarted = follower(2);
    Message.ReadIndexRequest later = ask(restarted, 1);

    restarted.step(new Message.ReadIndexResponse(LEADER, 1, later.term(), earlier.requestId(), 5));
    assertThat(restarted.hasReady() ? restarted.ready().reads() : List.of()).isEmpty();

    restarted.step(new Message.ReadIndexResponse(LEADER, 1, later.term(), later.requestId(), 9));
    assertThat(restarted.ready().reads()).containsExactly(new ReadOutcome.Confirmed(1, 9));
  }

  @Test
  void eachQuestionOfOneLifeHasANumberOfItsOwn() {
    RawNode node = follower(1);
    assertThat(ask(node, 7).requestId()).isNotEqualTo(ask(node, 7).requestId());
  }

  @Test
  void noReadIsAnsweredBetweenAnAdminEntryAndItsApplication() {
    Solo solo = Solo.of(1, LEADER, 3).leading();
    assertThat(solo.node().leaseRevoked()).isFalse();
    ProposeResult appended = solo.node().proposeAdmin(Bytes.ofUtf8("split"));
    assertThat(appended).isInstanceOf(ProposeResult.Appended.class);

    assertThat(solo.node().leaseRevoked()).as("before anything is sent").isTrue();
    assertThat(solo.node().readIndex(1, Bytes.EMPTY)).isTrue();
    assertThat(Solo.only(Message.Heartbeat.class, solo.settle()))
        .as("a round that confirms the read")
        .isEmpty();

    solo.accept(LEADER, solo.node().lastIndex());
    assertThat(solo.node().applied()).isEqualTo(solo.node().lastIndex());
    assertThat(solo.node().leaseRevoked()).isFalse();
    solo.settle();
    assertThat(solo.node().hasReady()).isFalse();
  }

  @Test
  void otherEntriesSuspendNothing() {
    Solo solo = Solo.of(1, LEADER, 3).leading();
    solo.node().propose(Bytes.ofUtf8("put"));

    assertThat(solo.node().leaseRevoked()).isFalse();
    assertThat(solo.node().readIndex(1, Bytes.EMPTY)).isTrue();
    assertThat(Solo.only(Message.Heartbeat.class, solo.settle())).hasSize(2);
  }

  /** Whom a leader told to campaign may do so at any time, whatever has become of the transfer. */
  @Test
  void aLeaderAsksForATermWithALeaseThoughSomebodyElseWasToLeadInstead() {
    Solo solo = Solo.of(1, LEADER, 3).leading();
    solo.node().propose(Bytes.ofUtf8("put"));
    solo.settle();
    solo.accept(LEADER, solo.node().lastIndex());
    assertThat(solo.node().transferLeader(LEADER)).isTrue();
    assertThat(Solo.only(Message.TimeoutNow.class, solo.settle())).hasSize(1);
    assertThat(solo.node().transferLeader(3)).as("who has not everything yet").isTrue();
    assertThat(Solo.only(Message.TimeoutNow.class, solo.settle())).isEmpty();

    asksForItsNextTerm(solo);
  }

  @Test
  void aLeaderAsksForATermWithALeaseWhenWhomItToldVotesNoMore() {
    Solo solo = Solo.of(1, LEADER, 3).leading();
    ConfChange removal = new ConfChange.Single(Change.remove(LEADER), Bytes.EMPTY);
    assertThat(solo.node().proposeConfChange(removal)).isInstanceOf(ProposeResult.Appended.class);
    solo.settle();
    assertThat(solo.node().transferLeader(LEADER)).isTrue();
    List<Message> sent = solo.accept(LEADER, solo.node().lastIndex());
    assertThat(Solo.only(Message.TimeoutNow.class, sent)).hasSize(1);
    assertThat(solo.node().membership().voters().toList()).doesNotContain(LEADER);

    asksForItsNextTerm(solo);
  }

  private static void asksForItsNextTerm(Solo solo) {
    long term = solo.node().term();
    for (int i = 0; i < 20 && solo.node().term() == term; i++) {
      solo.tick(1);
      for (long other : solo.node().membership().voters().without(1).toList()) {
        solo.step(new Message.HeartbeatAck(other, 1, term, solo.node().confirmedRound() + 1));
      }
    }
    assertThat(solo.node().term()).isEqualTo(term + 1);
    assertThat(solo.node().role()).isEqualTo(RoleKind.CANDIDATE);
    assertThat(solo.node().isRenewingTerm()).isTrue();
  }
}
