package dev.terrane.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void findsWhatIsAFewKeystrokesAway() {
    assertThat(Nearest.of("gte", Verb.words())).contains("get");
    assertThat(Nearest.of("delte", Verb.words())).contains("delete");
    assertThat(Nearest.of("histroy", Verb.words())).contains("history");
    assertThat(Nearest.of("--limti", List.of("--limit", "--prefix"))).contains("--limit");
  }

  @Test
  void suggestsNothingForWordsOfAnotherKind() {
    assertThat(Nearest.of("select", Verb.words())).isEmpty();
    assertThat(Nearest.of("x", Verb.words())).isEmpty();
  }
}
