package dev.terrane.raft.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.raft.drive.DrivenGroup.Member;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * While a leader has a lease nobody is elected beside it, whoever is late and wherever in a cycle
 * time passes. The group is cut in two again and again so that the leader cannot learn of the
 * other.
 */
class PromiseOutlastsLeaseTest {
  private static final int ROUNDS = 60;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nobodyIsElectedBesideALease(long seed) {
    assertThat(electedBesideALease(seed, false)).isFalse();
  }

  /** That the above can fail. */
  @Test
  void aCycleThatHandlesWhatCameAfterItsTimeIsFound() {
    assertThat(seeds().anyMatch(seed -> electedBesideALease(seed, true))).isTrue();
  }

  private static boolean electedBesideALease(long seed, boolean bug) {
    DrivenGroup group = new DrivenGroup(seed, 1, 2, 3);
    Random random = new Random(seed);
    group.members.values().forEach(member -> member.handlesWhatCameAfterItsTime = bug);
    for (int round = 0; round < ROUNDS; round++) {
      Member leader = group.leader();
      List<Member> others = group.othersThan(leader);
      Member slow = others.get(random.nextInt(2));
      Member deaf = others.get(1 - others.indexOf(slow));
      // One hears of its leader no more; the other does so once more, in a late or long cycle.
      group.lost = message -> message.from() == leader.id && message.to() == deaf.id;
      group.runFor(random.nextLong(15) * DrivenGroup.TICK);
      if (!leader.leads()) {
        group.lost = message -> false;
        continue;
      }
      stall(group, slow, random);
      group.runFor(random.nextLong(3) * DrivenGroup.TICK);
      group.lost = message -> message.from() == leader.id || message.to() == leader.id;
      for (int step = 0; step < 400; step++) {
        group.step();
        boolean elected =
            others.stream()
                .anyMatch(other -> other.leads() && other.node.term() > leader.node.term());
        if (elected && leader.driven.hasLeaseAt(group.nowNanos)) {
          return true;
        }
        if (elected) {
          break;
        }
      }
      group.lost = message -> false;
    }
    return false;
  }

  /** The member gets no cycle for a while, and then stands still within one, or only that. */
  private static void stall(DrivenGroup group, Member slow, Random random) {
    if (random.nextBoolean()) {
      slow.away = true;
      group.runFor(random.nextLong(20) * DrivenGroup.TICK);
      slow.away = false;
    }
    long within = random.nextLong(14) * DrivenGroup.TICK;
    slow.inBetween =
        () -> {
          slow.inBetween = () -> {};
          slow.away = true; // its own cycle is under way
          group.runFor(within);
          slow.away = false;
        };
    group.step();
  }
}
