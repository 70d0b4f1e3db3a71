package dev.terrane.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every story in {@code src/test/resources/transcripts} still goes as it is written. {@code make
 * rewrite} renews what they say happens; commit only a difference that you can explain.
 */
class RaftTranscriptTest {
  private static final Path STORIES = Path.of("src/test/resources/transcripts");

  static List<String> stories() {
    try (Stream<Path> files = Files.list(STORIES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stories")
  void goesAsWritten(String story) throws IOException {
    Path file = STORIES.resolve(story);
    String written = Files.readString(file);
    String replayed = Transcript.replay(written);
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(file, replayed);
    } else {
      assertThat(replayed).as("%s; if this is right: make rewrite", story).isEqualTo(written);
    }
  }
}
