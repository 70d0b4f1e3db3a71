package dev.terrane.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void alignsTextLeftAndNumbersRight() {
    String text =
        new Table("STORE", "ADDRESS", "REGIONS")
            .row(1, "127.0.0.1:20160", 7)
            .row(12, "127.0.0.1:1", 1_234)
            .render();
    assertThat(text)
        .isEqualTo(
            """
            STORE  ADDRESS          REGIONS
                1  127.0.0.1:20160        7
               12  127.0.0.1:1         1234
            """);
  }

  @Test
  void withoutRowsOnlyTheHeadingsAreShown() {
    assertThat(new Table("A", "B").render()).isEqualTo("A  B\n");
  }
}
