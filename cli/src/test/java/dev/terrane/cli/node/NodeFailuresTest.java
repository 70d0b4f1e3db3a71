package dev.terrane.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NodeFailuresTest {
  @Test
  void theReasonIsSaidWithoutTheNameOfAType() {
    assertThat(NodeFailures.explain(new IOException("there is no room; free 96 MiB")))
        .hasMessage("the node does not start: there is no room; free 96 MiB");
  }

  @Test
  void whatNobodyForesawIsShownWithItsType() {
    assertThat(NodeFailures.explain(new IllegalStateException("x")))
        .hasMessageContaining("IllegalStateException: x");
  }
}
