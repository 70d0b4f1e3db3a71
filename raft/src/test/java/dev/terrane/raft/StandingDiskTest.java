package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A follower whose disk does not get on, as one without room does not for hours. */
class StandingDiskTest {
  private static final int HEARTBEATS = 10_000;

  private final Solo follower = Solo.of(1, 2, 3);

  private int takeReadies() {
    int syncs = 0;
    for (Ready ready = follower.machine.takeReady();
        ready != null;
        ready = follower.machine.takeReady()) {
      syncs += ready.needsSync() ? 1 : 0;
    }
    return syncs;
  }

  private static Message.AppendEntries heartbeat(int round) {
    return new Message.AppendEntries(2, 1, 2, 2, 2, List.of(), 1, round);
  }

  @Test
  void signsOfLifeAddNothingToWhatTheDiskHasToComeTo() {
    follower.node().step(Solo.append(2, 2, 1, 1, Solo.entry(2, 2)));
    assertThat(takeReadies()).isEqualTo(1);
    follower.sent.clear();

    int syncs = 0;
    for (int round = 1; round <= HEARTBEATS; round++) {
      follower.node().step(heartbeat(round));
      syncs += takeReadies();
    }
    assertThat(syncs).isZero();
    assertThat(follower.sent).as("not before the entry is durable").isEmpty();

    follower.machine.completeWrite();
    follower.machine.report();
    takeReadies();

    assertThat(follower.sent.getLast())
        .isInstanceOfSatisfying(
            Message.AppendAccepted.class,
            accepted -> {
              assertThat(accepted.matchIndex()).isEqualTo(2);
              assertThat(accepted.round()).isEqualTo(HEARTBEATS);
            });
    assertThat(follower.sent.size()).as("one for all that is answered together").isEqualTo(2);
  }
}
