package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The checker itself notices what it is there for. */
class RegisterTest {
  private final Register register = new Register("k");

  @Test
  void noticesALostWrite() {
    register.acknowledge(register.attempt());
    long floor = register.floor();
    assertThatThrownBy(() -> register.observe(0, floor)).isInstanceOf(AssertionError.class);
  }

  @Test
  void noticesAReadThatGoesBackFromAnUnacknowledgedValue() {
    register.acknowledge(register.attempt());
    register.attempt();
    register.observe(2, register.floor());
    long floor = register.floor();
    assertThatThrownBy(() -> register.observe(1, floor)).isInstanceOf(AssertionError.class);
  }

  @Test
  void noticesAValueFromNowhere() {
    assertThatThrownBy(() -> register.observe(1, 0)).isInstanceOf(AssertionError.class);
  }

  @Test
  void allowsAReadThatBeganBeforeTheWriteWasAcknowledged() {
    long floor = register.floor();
    register.acknowledge(register.attempt());
    register.observe(0, floor);
    assertThat(register.floor()).isEqualTo(1);
  }
}
