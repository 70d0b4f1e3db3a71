package dev.terrane.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.InvariantViolation;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {
  private final HistoryRecorder<String, String> recorder = new HistoryRecorder<>(3);

  @Test
  void keepsTheOrderOfEventsWhereTimeStandsStill() {
    int first = recorder.invoke(1, 5, "first");
    recorder.complete(first, 5, new Outcome.Ok<>("done"));
    int second = recorder.invoke(1, 5, "second");
    recorder.complete(second, 5, new Outcome.Failed<>("refused"));
    var operations = recorder.history().operations();
    assertThat(operations.get(0).completedAt()).isLessThan(operations.get(1).invokedAt());
  }

  @Test
  void whatIsStillOpenIsOfUnknownOutcome() {
    recorder.invoke(1, 5, "call");
    var operation = recorder.history().operations().getFirst();
    assertThat(operation.outcome()).isEqualTo(new Outcome.Unknown<>("still open"));
    assertThat(operation.completedAt()).isEqualTo(Operation.NEVER);
  }

  @Test
  void holdsNoMoreThanItWasMadeFor() {
    for (int process = 0; process < 3; process++) {
      assertThat(recorder.isFull()).isFalse();
      recorder.invoke(process, 0, "call");
    }
    assertThat(recorder.isFull()).isTrue();
    assertThatThrownBy(() -> recorder.invoke(3, 0, "call")).isInstanceOf(InvariantViolation.class);
  }

  @Test
  void aProcessAsksOneThingAtATime() {
    int open = recorder.invoke(1, 0, "call");
    assertThatThrownBy(() -> recorder.invoke(1, 0, "call")).isInstanceOf(InvariantViolation.class);
    recorder.complete(open, 1, new Outcome.Ok<>("done"));
    recorder.invoke(1, 1, "call");
    assertThatThrownBy(() -> recorder.complete(open, 1, new Outcome.Ok<>("done")))
        .isInstanceOf(InvariantViolation.class);
  }
}
