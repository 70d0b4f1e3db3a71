package dev.terrane.raft.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.Message;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.drive.DrivenGroup.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When leadership has been given away, and when it only seems so. */
class HandOverTest {
  private int told;

  private HandOver handOver(Member member) {
    return new HandOver(() -> List.of(member.driven), () -> told++);
  }

  private void runUntilOver(DrivenGroup group, HandOver handOver) {
    group.runUntil("the end of the hand-over", () -> told > 0 || handOver.proceed());
    assertThat(told).isOne();
  }

  @Test
  void itIsOverWhenAnotherHasTakenIt() {
    DrivenGroup group = new DrivenGroup(1, 1, 2, 3);
    Member old = group.leader();
    long start = group.nowNanos;
    runUntilOver(group, handOver(old));
    assertThat(old.leads()).isFalse();
    assertThat(group.nowNanos - start).isLessThan(5 * DrivenGroup.TICK);
    assertThat(group.leader()).isNotSameAs(old);
  }

  @Test
  void whoIsAloneHasNobodyToWaitFor() {
    DrivenGroup group = new DrivenGroup(2, 1);
    Member only = group.leader();
    assertThat(handOver(only).proceed()).isTrue();
    assertThat(told).isOne();
  }

  @Test
  void anotherIsAskedWhenTheFirstDoesNotTakeIt() {
    DrivenGroup group = new DrivenGroup(3, 1, 2, 3);
    Member old = group.leader();
    Member deaf = group.othersThan(old).getFirst();
    group.lost = message -> message instanceof Message.TimeoutNow && message.to() == deaf.id;
    runUntilOver(group, handOver(old));
    assertThat(old.leads()).isFalse();
    assertThat(group.leader()).isSameAs(group.othersThan(old).getLast());
  }

  @Test
  void aLeaderThatRenewsItsTermHasHandedNothingOver() {
    DrivenGroup group = new DrivenGroup(4, 1, 2, 3);
    Member old = group.leader();
    long target = group.othersThan(old).getFirst().id;
    group.lost = message -> message instanceof Message.TimeoutNow;
    long term = old.node.term();
    assertThat(old.driven.transferLeader(target)).isTrue();
    group.runUntil("it asks for another term", () -> old.node.term() > term);
    assertThat(old.node.role()).isEqualTo(RoleKind.CANDIDATE);

    group.lost = message -> false;
    HandOver handOver = handOver(old);
    assertThat(handOver.proceed()).as("over while the term is renewed").isFalse();
    runUntilOver(group, handOver);
    assertThat(old.leads()).isFalse();
    group.runFor(30 * DrivenGroup.TICK);
    assertThat(group.leader()).as("who leads in the end").isNotSameAs(old);
  }
}
