package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StandardOutputTest {
  private static final OutputStream FULL =
      new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          throw new IOException("No space left on device");
        }
      };

  @Test
  void whatCannotBeWrittenEndsTheCommandOnce() {
    PrintStream out = new PrintStream(new StandardOutput(FULL), false, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> out.println("lost"))
        .isInstanceOfSatisfying(
            CommandFailure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
        .hasMessageContaining("No space left on device");
    out.println("the command is ending");
    out.flush();
  }
}
