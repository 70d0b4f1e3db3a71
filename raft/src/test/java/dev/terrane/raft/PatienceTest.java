package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** While a large message is on its way, nobody takes it for silence that nothing else comes. */
class PatienceTest {
  private static final int TIMEOUT_MIN = Solo.CONFIG.electionTicksMin();
  private static final int TIMEOUT_MAX = Solo.CONFIG.electionTicksMax();
  private static final long FOUR_APPENDS = 4 * Solo.CONFIG.appendBytesMax();

  private final Solo solo = Solo.of(1, 2, 3);

  private static Message.Heartbeat heartbeat(int round) {
    return new Message.Heartbeat(2, 1, 2, 1, round);
  }

  @Test
  void aFollowerWaitsForItsLeaderAsMuchLonger() {
    solo.step(heartbeat(1));
    solo.node().bePatient(FOUR_APPENDS);

    solo.tick(4 * TIMEOUT_MIN);
    assertThat(solo.node().role()).isEqualTo(RoleKind.FOLLOWER);
    assertThat(solo.step(new Message.RequestVote(3, 1, 9, 9, 9, 0, 0, false)))
        .as("it has promised to wait")
        .isEmpty();

    solo.tick(TIMEOUT_MAX);
    assertThat(solo.node().role()).as("but not for ever").isEqualTo(RoleKind.PRE_CANDIDATE);
  }

  @Test
  void onceItHearsOfItsLeaderItWaitsAsUsual() {
    solo.step(heartbeat(1));
    solo.node().bePatient(FOUR_APPENDS);
    solo.tick(TIMEOUT_MIN);
    solo.step(heartbeat(2));

    solo.tick(TIMEOUT_MAX);
    assertThat(solo.node().role()).isEqualTo(RoleKind.PRE_CANDIDATE);
  }

  @Test
  void whoHasNoLeaderIsNotPatient() {
    solo.node().bePatient(FOUR_APPENDS);

    solo.tick(TIMEOUT_MAX);
    assertThat(solo.node().role()).isEqualTo(RoleKind.PRE_CANDIDATE);
  }

  @Test
  void howeverLargeItIsTheWaitIsBounded() {
    solo.step(heartbeat(1));
    solo.node().bePatient(Long.MAX_VALUE);

    solo.tick(10 * TIMEOUT_MIN + TIMEOUT_MAX);
    assertThat(solo.node().role()).isEqualTo(RoleKind.PRE_CANDIDATE);
  }

  private void tickOneByOne(int ticks) {
    for (int i = 0; i < ticks; i++) {
      solo.tick(1);
    }
  }

  @Test
  void aLeaderWaitsForAnswersAsMuchLonger() {
    solo.elected();
    solo.node().bePatient(FOUR_APPENDS);

    tickOneByOne(5 * TIMEOUT_MIN); // it gives everybody one timeout to be heard of
    assertThat(solo.node().role()).isEqualTo(RoleKind.LEADER);

    tickOneByOne(2 * TIMEOUT_MIN);
    assertThat(solo.node().role()).as("but not for ever").isEqualTo(RoleKind.FOLLOWER);
  }
}
