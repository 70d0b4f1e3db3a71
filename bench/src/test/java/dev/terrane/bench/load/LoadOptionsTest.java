package dev.terrane.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoadOptionsTest {
  @Test
  void readsPairsAndKeepsDefaults() {
    LoadOptions options = LoadOptions.parse("--mode", "mixed", "--pids", "1,2", "--keys", "7");
    assertThat(options.mode()).isEqualTo(LoadOptions.Mode.MIXED);
    assertThat(options.pids()).containsExactly(1L, 2L);
    assertThat(options.keys()).isEqualTo(7);
    assertThat(options.outstanding()).isEqualTo(256);
    assertThat(options.statusAddresses()).isEmpty();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> LoadOptions.parse("--modes", "put"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--modes");
    assertThatThrownBy(() -> LoadOptions.parse("--mode"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--mode needs a value");
  }
}
