package dev.terrane.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RocksDB finds no descriptor left while it flushes, compacts, or begins another log. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
final class RocksDescriptorsTest {
  private static final Pattern OUTCOME =
      Pattern.compile("(goes on|ends: .*|neither goes on nor ends), acknowledged (\\d+)");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"another log", "flush", "compaction", "write"})
  void theEngineGoesOnOrSaysThatItCannotAndKeepsWhatWasAcknowledged(String when)
      throws IOException, InterruptedException {
    String printed = starve(when);
    Matcher outcome = OUTCOME.matcher(printed);
    assertThat(outcome.find()).as(printed).isTrue();
    assertThat(outcome.group(1)).as(printed).isNotEqualTo("neither goes on nor ends");
    int acknowledged = Integer.parseInt(outcome.group(2));
    assertThat(acknowledged).isGreaterThanOrEqualTo(300);

    try (RocksEngine engine = RocksEngine.open(directory, DescriptorStarvation.options())) {
      for (int i = 0; i < acknowledged; i++) {
        assertThat(engine.get(ColumnFamily.DEFAULT, DescriptorStarvation.key(i)))
            .as("key %d of %d; %s", i, acknowledged, printed)
            .isNotNull();
      }
      engine.write(new WriteBatch().put(ColumnFamily.DEFAULT, Bytes.ofUtf8("z"), Bytes.EMPTY));
      engine.flush();
    }
  }

  private String starve(String when) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    "sh",
                    "-c",
                    "ulimit -n 256; exec \"$0\" \"$@\"",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DescriptorStarvation.class.getName(),
                    directory.toString(),
                    when))
            .redirectErrorStream(true)
            .start();
    try (var output = process.getInputStream()) {
      String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(printed).isTrue();
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }
}
