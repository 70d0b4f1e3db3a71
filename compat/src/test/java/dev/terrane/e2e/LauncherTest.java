package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/terrane} itself, on what this build has just packaged. */
@Timeout(120)
class LauncherTest {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("terrane.cli.jar")).resolve("../../../bin/terrane").normalize();

  @TempDir Path directory;

  private record Answer(int exitCode, String output) {}

  @Test
  void runsTheCommandAndPassesItsExitCode() throws Exception {
    Answer version = run(LAUNCHER, Map.of(), "--version");
    assertThat(version.output()).contains("terrane 0.").contains("Java 25");
    assertThat(version.exitCode()).isZero();
    assertThat(run(LAUNCHER, Map.of(), "--no-such-option").exitCode()).isEqualTo(2);
  }

  @Test
  void worksThroughALinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("terrane"), LAUNCHER.toAbsolutePath());
    assertThat(run(link, Map.of(), "--version").exitCode()).isZero();
  }

  @Test
  void refusesAJavaHomeThatIsNoJdk25() throws Exception {
    Path notAJdk = Files.createDirectories(directory.resolve("jdk"));
    Answer answer = run(LAUNCHER, Map.of("TERRANE_JAVA_HOME", notAJdk.toString()), "--version");
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.output()).contains(notAJdk.toString()).contains("is not a JDK 25");
  }

  private static Answer run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Process process = builder(launcher, environment, arguments).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      process.getOutputStream().close();
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(process.waitFor(), text);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Never builds: that is what is going on around this test. */
  private static ProcessBuilder builder(
      Path launcher, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TERRANE_NO_BUILD", "1");
    builder.environment().put("TERRANE_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return builder;
  }
}
