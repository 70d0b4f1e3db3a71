package dev.terrane.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SoakOptionsTest {
  @Test
  void readsPairsAndKeepsDefaults() {
    SoakOptions options = SoakOptions.parse("--pids", "1,2", "--duration", "60");
    assertThat(options.pids()).containsExactly(1L, 2L);
    assertThat(options.duration()).isEqualTo(Duration.ofMinutes(1));
    assertThat(options.connections()).isEqualTo(500);
    assertThat(options.pd()).containsExactly("127.0.0.1:2379");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> SoakOptions.parse("--readers", "3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--readers");
    assertThatThrownBy(() -> SoakOptions.parse("--pd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--pd needs a value");
  }
}
