package dev.terrane.common.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.TimeSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private final Inbox<String> inbox = new Inbox<>("test", 64);
  private final List<String> handled = new ArrayList<>();

  /** A clock that stands still long enough, while it is read, for one more message to come. */
  private final class SlowClock implements TimeSource {
    private int reads;

    @Override
    public long nanoTime() {
      inbox.put("came while the clock was read, " + ++reads);
      return reads;
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  private final SlowClock clock = new SlowClock();

  @Test
  void whatComesAfterTheClockIsReadWaitsForALaterTime() {
    Intake<String> intake = new Intake<>(inbox, 10);
    inbox.put("first");

    assertThat(intake.take(clock)).isEqualTo(1);
    assertThat(intake.handle(handled::add)).isEqualTo(1);
    assertThat(handled).containsExactly("first");

    assertThat(intake.take(clock)).isEqualTo(2);
    intake.handle(handled::add);
    assertThat(handled).containsExactly("first", "came while the clock was read, 1");
  }

  @Test
  void whatIsPutWhileHandlingWaitsToo() {
    Intake<String> intake = new Intake<>(inbox, 10);
    inbox.put("first");
    intake.take(clock);

    intake.handle(message -> inbox.put(message + ", again"));

    assertThat(inbox.size()).isEqualTo(2);
  }

  @Test
  void theClockIsReadAfterBothInboxes() {
    Inbox<String> second = new Inbox<>("second", 64);
    Intake<String> intake = new Intake<>(inbox, 10);
    Intake<String> other = new Intake<>(second, 10);
    inbox.put("a");
    second.put("b");

    assertThat(intake.takeWith(other, clock)).isEqualTo(1);

    other.handle(handled::add);
    intake.handle(handled::add);
    assertThat(handled).containsExactly("b", "a");
  }

  @Test
  void takesNoMoreThanSoManyAndSoMuch() {
    Intake<String> few = new Intake<>(inbox, 2);
    for (String message : List.of("a", "bb", "cc", "d")) {
      inbox.put(message);
    }
    few.take(clock);
    assertThat(few.handle(handled::add)).isEqualTo(2);

    Intake<String> light = new Intake<>(inbox, 10, 2, String::length);
    light.take(clock);
    assertThat(light.handle(handled::add)).as("the one that reaches the bound is the last").isOne();
    assertThat(handled).containsExactly("a", "bb", "cc");
  }

  @Test
  void theEndLeavesNothing() {
    Intake<String> intake = new Intake<>(inbox, 1);
    inbox.put("a");
    inbox.put("b");
    intake.take(clock);

    intake.handleAll(handled::add);

    assertThat(handled).startsWith("a", "b");
    assertThat(inbox.isEmpty()).isTrue();
  }
}
