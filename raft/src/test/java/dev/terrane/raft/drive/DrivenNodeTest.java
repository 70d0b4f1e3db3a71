package dev.terrane.raft.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Message;
import dev.terrane.raft.ProposeResult;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Snapshot;
import dev.terrane.raft.SnapshotMeta;
import dev.terrane.raft.drive.DrivenGroup.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The rules of {@link DrivenNode}, one by one. */
class DrivenNodeTest {
  private static Predicate<Message> kind(Class<? extends Message> kind) {
    return kind::isInstance;
  }

  private static void propose(Member member) {
    assertThat(member.node.propose(Bytes.ofUtf8("put"))).isInstanceOf(ProposeResult.Appended.class);
  }

  @Test
  void aLeaseIsWithdrawnBeforeAnybodyIsToldToStand() {
    DrivenGroup group = new DrivenGroup(1, 1, 2, 3);
    Member leader = group.leader();
    leader.events.clear();
    assertThat(leader.driven.transferLeader(group.othersThan(leader).getFirst().id)).isTrue();

    leader.turn(group.nowNanos);

    List<String> events = leader.events.stream().map(event -> event.split(",", -1)[0]).toList();
    assertThat(events).containsSubsequence("withdraw", "send TimeoutNow");
    assertThat(events.getFirst()).isEqualTo("withdraw");
    assertThat(leader.driven.hasLeaseAt(group.nowNanos)).isFalse();
  }

  @Test
  void whatSaysThatAnEntryIsDurableLeavesWhenItIsAndBeforeItCounts() {
    DrivenGroup group = new DrivenGroup(2, 1, 2, 3);
    Member leader = group.leader();
    Member follower = group.othersThan(leader).getFirst();
    group.runFor(10 * DrivenGroup.TICK);
    long before = follower.node.status().persistedIndex();
    follower.diskStands = true;
    follower.events.clear();
    propose(leader);
    group.runFor(DrivenGroup.TICK);
    assertThat(follower.node.lastIndex()).isEqualTo(before + 1);
    assertThat(follower.events).noneMatch(event -> event.startsWith("send AppendAccepted"));

    follower.diskStands = false;
    group.step();

    assertThat(follower.events).contains("send AppendAccepted, durable through " + before);
    assertThat(follower.node.status().persistedIndex()).isEqualTo(before + 1);
  }

  @Test
  void noMoreIsTakenThanTheDiskMayHaveOutstanding() {
    DrivenGroup group = new DrivenGroup(3, 1, 2, 3);
    Member leader = group.leader();
    leader.diskStands = true;
    for (int i = 0; i < 10; i++) {
      propose(leader);
      leader.turn(group.nowNanos);
    }
    assertThat(leader.writes).hasSize(4);

    leader.diskStands = false;
    group.runFor(DrivenGroup.TICK);
    assertThat(leader.writes).isEmpty();
    assertThat(leader.node.committed()).isEqualTo(leader.node.lastIndex());
  }

  @Test
  void nothingFollowsASnapshotUntilItIsInLineForTheDisk() {
    DrivenGroup group = new DrivenGroup(4, 1, 2, 3);
    Member follower = group.member(1);
    var meta = new SnapshotMeta(50, 2, Membership.ofVoters(1, 2, 3));
    follower.node.step(new Message.InstallSnapshot(2, 1, 2, new Snapshot(meta, Bytes.EMPTY)));
    follower.turn(group.nowNanos);
    assertThat(follower.events).contains("install");
    assertThat(follower.driven.hasSnapshotOutOfLine()).isTrue();
    follower.node.step(new Message.RequestVote(3, 1, 3, 60, 2, 0, 0, true));
    follower.turn(group.nowNanos);
    assertThat(follower.writes).hasSize(1);

    follower.driven.snapshotInLine();
    follower.turn(group.nowNanos);
    assertThat(follower.writes).hasSize(2);
  }

  @Test
  void aLeaseOfAnOlderTermIsOfNoUseInTheNext() {
    DrivenGroup group = new DrivenGroup(5, 1, 2, 3);
    Member leader = group.leader();
    long term = leader.node.term();
    group.lost = kind(Message.TimeoutNow.class);
    assertThat(leader.driven.transferLeader(group.othersThan(leader).getFirst().id)).isTrue();
    group.runUntil("it leads its next term", () -> leader.node.term() > term && leader.leads());
    group.lost = kind(Message.HeartbeatAck.class).or(kind(Message.AppendAccepted.class));
    group.step();
    assertThat(leader.driven.hasLeaseAt(group.nowNanos)).isFalse();
    group.lost = message -> false;
    group.runFor(8 * DrivenGroup.TICK);
    assertThat(leader.driven.hasLeaseAt(group.nowNanos)).isTrue();
  }

  /** The tick that ends its patience, and what it was waiting for, come in one cycle. */
  @Test
  void whatCameInTimeEndsTheWaitForIt() {
    DrivenGroup group = new DrivenGroup(6, 1, 2, 3);
    Member leader = group.leader();
    Member late = group.othersThan(leader).getFirst();
    group.runFor(10 * DrivenGroup.TICK);
    int patience = late.driven.quietTicks() + 1;
    late.away = true;
    late.events.clear();
    group.runFor((patience + 1) * DrivenGroup.TICK);
    late.away = false;

    group.step();

    assertThat(late.paused).as("late, and not too late").isZero();
    assertThat(late.events).noneMatch(event -> event.contains("PreVote"));
    assertThat(late.node.role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(late.node.leaderId()).isEqualTo(leader.id);
  }

  @Test
  void theRoundOfALeaderThatWasFarTooLateIsNotLeftOut() {
    DrivenGroup group = new DrivenGroup(7, 1, 2, 3);
    Member leader = group.leader();
    group.runFor(10 * DrivenGroup.TICK);
    List<Long> missing = new ArrayList<>();
    for (int tick = 0; tick < 4; tick++) {
      group.runFor(DrivenGroup.TICK);
      leader.away = true;
      leader.events.clear();
      group.runFor(9 * DrivenGroup.TICK);
      leader.away = false;
      group.step();
      if (leader.events.stream().noneMatch(event -> event.startsWith("send Heartbeat,"))) {
        missing.add(group.nowNanos);
      }
    }
    assertThat(leader.paused).isEqualTo(4);
    assertThat(missing).isEmpty();
  }
}
