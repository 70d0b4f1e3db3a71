package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command in a shell: keys and values are the bytes that were given, whatever the locale, and
 * output that is lost is no success.
 */
@Timeout(300)
class CommandLineBytesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void keysAndValuesAreTheBytesThatWereGiven() throws Exception {
    try (TerraneProcess node =
        TerraneProcess.start("playground", "--nodes", "1", "--pd-port", "0")) {
      String pd = node.awaitLine("^ready: pd (\\S+)", PATIENCE).group(1);
      for (String locale : List.of("C", "C.UTF-8")) {
        // Keys that differ in bytes that are no ASCII, and no UTF-8, stay different.
        sh(0, locale, pd, "terrane put \"$(printf 'k\\377')\" one");
        sh(0, locale, pd, "terrane put \"$(printf 'k\\376')\" \"$(printf '\\303\\244\\344')\"");
        sh(0, locale, pd, "terrane put \"$(printf 'k\\303\\244')\" three");
        assertThat(sh(0, locale, pd, "terrane get \"$(printf 'k\\377')\"")).isEqualTo("one\n");
        assertThat(sh(0, locale, pd, "terrane get \"$(printf 'k\\376')\""))
            .isEqualTo("\u00c3\u00a4\u00e4\n");
        assertThat(sh(0, locale, pd, "terrane scan --prefix k --keys"))
            .isEqualTo("k\u00c3\u00a4\nk\\xfe\nk\\xff\n");
        sh(0, locale, pd, "printf 'put s\\377 1\\nput s\\376 2\\n' | terrane sh");
        assertThat(sh(0, locale, pd, "terrane scan --prefix s"))
            .isEqualTo("s\\xfe\t2\ns\\xff\t1\n");
        sh(0, locale, pd, "printf 'i\\377\\\\t\\t1\\ni\\376\\t2\\n' | terrane import -e -");
        assertThat(sh(0, locale, pd, "terrane scan --prefix i"))
            .isEqualTo("i\\xfe\t2\ni\\xff\\t\t1\n");
        sh(0, locale, pd, "echo content > name; terrane put at @name");
        assertThat(sh(0, locale, pd, "terrane get at")).isEqualTo("@name\n");
      }
      node.stop();
    }
  }

  @Test
  void outputThatIsLostIsNoSuccess() throws Exception {
    assumeThat(Path.of("/dev/full")).exists();
    try (TerraneProcess node =
        TerraneProcess.start("playground", "--nodes", "1", "--pd-port", "0")) {
      String pd = node.awaitLine("^ready: pd (\\S+)", PATIENCE).group(1);
      sh(0, "C", pd, "terrane put k v");
      for (String command :
          List.of(
              "get k",
              "scan",
              "scan --json",
              "cas k x y",
              "ctl stores",
              "ctl regions --json",
              "--help")) {
        sh(1, "C", pd, "terrane " + command + " > /dev/full");
      }
      sh(1, "C", pd, "echo 'get k' | terrane sh > /dev/full");
      node.stop();
    }
  }

  /** Runs {@code script}, in which {@code terrane} is the command; a character for each byte. */
  private String sh(int code, String locale, String pd, String script)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    String terrane =
        "terrane() { '" + String.join("' '", TerraneProcess.command(List.of())) + "' \"$@\"; }; ";
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", terrane + script)
            .directory(directory.toFile())
            .redirectError(directory.resolve("errors").toFile())
            .redirectOutput(output.toFile());
    builder.environment().put("LC_ALL", locale);
    builder.environment().put("TERRANE_PD", pd);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(script).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String errors = Files.readString(directory.resolve("errors"), StandardCharsets.ISO_8859_1);
    assertThat(process.exitValue()).as("%s: %s", script, errors).isEqualTo(code);
    return Files.readString(output, StandardCharsets.ISO_8859_1);
  }
}
