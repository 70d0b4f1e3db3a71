package dev.terrane.raft.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.drive.DrivenGroup.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** When nodes tick, how often, and which ticks are left out. */
class TickWheelTest {
  private static final long TICK = DrivenGroup.TICK;
  private static final long NEVER = -1;

  private final List<Integer> paused = new ArrayList<>();

  /** On one wheel: members of a group that never hear of each other. */
  private TickWheel wheel(DrivenGroup group) {
    TickWheel wheel = new TickWheel(TICK, group.nowNanos, paused::add);
    for (Member member : group.members.values()) {
      member.wheel.remove(member.driven);
      wheel.keep(member.driven);
    }
    return wheel;
  }

  private static DrivenGroup group(int size) {
    return new DrivenGroup(size, LongStream.rangeClosed(1, size).toArray());
  }

  private static long nextGridPoint(DrivenGroup group) {
    return (group.nowNanos / TICK + 1) * TICK;
  }

  @Test
  void fewTickTogetherAtAMultipleOfTheInterval() {
    DrivenGroup group = group(3);
    TickWheel wheel = wheel(group);
    long grid = nextGridPoint(group);
    int quiet =
        group.members.values().stream().mapToInt(m -> m.driven.quietTicks()).min().orElse(0);
    assertThat(quiet).isBetween(10, 14);
    assertThat(wheel.nextDeadlineNanos(NEVER)).isEqualTo(grid + quiet * TICK);

    assertThat(wheel.advance(grid + (quiet - 1) * TICK))
        .as("made up for, and only counted")
        .isZero();
    assertThat(wheel.advance(grid + quiet * TICK - 1)).isZero();
    assertThat(wheel.advance(grid + quiet * TICK)).isEqualTo(3);
    assertThat(paused).isEmpty();
  }

  @Test
  void manyAreSpreadOverTheInterval() {
    DrivenGroup group = group(100);
    TickWheel wheel = wheel(group);
    List<Integer> slots = group.members.values().stream().map(m -> m.driven.wheelSlot).toList();
    assertThat(slots.stream().filter(slot -> slot == 0)).hasSize(64);
    assertThat(slots.stream().filter(slot -> slot == 1)).hasSize(36);

    Member first = group.member(1);
    wheel.remove(first.driven);
    assertThat(first.driven.wheelSlot).isEqualTo(TickWheel.NONE);
  }

  @Test
  void whoIsAloneIsTakenOff() {
    DrivenGroup group = group(1);
    group.leader();
    assertThat(group.member(1).driven.wheelSlot).isEqualTo(TickWheel.NONE);
    assertThat(group.member(1).wheel.nextDeadlineNanos(NEVER)).isEqualTo(NEVER);
  }

  @Test
  void whoIsFarTooLateCountsThreeTicksAndIsSparedAnElectionOnce() {
    DrivenGroup group = group(3);
    TickWheel wheel = wheel(group);
    long now = nextGridPoint(group) + 40 * TICK;
    wheel.advance(now);
    assertThat(paused).containsExactly(3);
    for (Member member : group.members.values()) {
      assertThat(member.driven.quietTicks())
          .as("of at least 10, after 3")
          .isGreaterThanOrEqualTo(7);
      assertThat(member.node.isDue()).isFalse();
    }

    for (int cycle = 1; cycle <= 5; cycle++) {
      wheel.advance(now + cycle * 20L * TICK);
    }
    assertThat(paused).as("each time").hasSize(6);
    assertThat(group.members.values()).as("in the end").allMatch(member -> member.node.isDue());
  }

  @Test
  void whoIsALittleLateMissesNothing() {
    DrivenGroup group = group(3);
    TickWheel wheel = wheel(group);
    Member member = group.member(1);
    int quiet = member.driven.quietTicks();
    wheel.advance(nextGridPoint(group) + (quiet - 2) * TICK);
    assertThat(member.driven.quietTicks()).isOne();
    assertThat(paused).isEmpty();
  }

  @Test
  void withNobodyToTickThereIsNothingToMakeUpFor() {
    TickWheel wheel = new TickWheel(TICK, 0, paused::add);
    wheel.advance(1_000_000 * TICK);
    DrivenGroup group = group(3);
    Member member = group.member(1);
    member.wheel.remove(member.driven);
    wheel.keep(member.driven);
    int quiet = member.driven.quietTicks();
    wheel.advance(1_000_000 * TICK);
    assertThat(member.driven.quietTicks()).isEqualTo(quiet);
    assertThat(paused).isEmpty();
  }
}
