package dev.terrane.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HelpTextTest {
  @Test
  void fitsATerminalOf80Columns() {
    assertThat(HelpText.all()).allSatisfy(line -> assertThat(line.length()).isLessThan(80));
  }

  @Test
  void explainsEveryCommand() {
    for (Verb verb : Verb.values()) {
      assertThat(HelpText.all()).anyMatch(line -> line.startsWith(verb.syntax()));
      assertThat(HelpText.all()).anyMatch(line -> line.endsWith(verb.purpose()));
      assertThat(HelpText.of(verb).getFirst()).isEqualTo(verb.syntax());
    }
  }
}
