package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RejectsTest {
  @TempDir Path directory;

  @Test
  void whatIsRejectedIsTakenBackAsItWas() throws IOException {
    List<ImportLine.Entry> entries =
        List.of(
            new ImportLine.Entry(1, Bytes.ofUtf8("a\tä\n"), Bytes.EMPTY, Duration.ZERO),
            new ImportLine.Entry(2, Bytes.of(0xff, 0), Bytes.of(0xc3), Duration.ofSeconds(7)));
    Path file = directory.resolve("in.tsv.rejected.jsonl");
    try (Rejects rejects = new Rejects("in.tsv", file)) {
      assertThat(rejects.advice()).isNull();
      assertThat(file).doesNotExist();
      entries.forEach(rejects::add);
      assertThat(rejects.advice()).contains("2 entries").contains(file.toString());
    }
    LineReader lines =
        new LineReader(new ByteArrayInputStream(Files.readAllBytes(file)), new JsonLinesFormat());
    for (ImportLine.Entry entry : entries) {
      assertThat(lines.next()).isEqualTo(entry);
    }
  }

  @Test
  void whatAnEarlierImportLeftStays() throws IOException {
    Path file = directory.resolve("in.rejected.jsonl");
    for (int round = 0; round < 3; round++) {
      try (Rejects rejects = new Rejects("in", file)) {
        rejects.add(new ImportLine.Entry(1, Bytes.ofUtf8("k" + round), Bytes.EMPTY, Duration.ZERO));
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(path -> String.valueOf(path.getFileName())))
          .containsExactlyInAnyOrder(
              "in.rejected.jsonl", "in.rejected.2.jsonl", "in.rejected.3.jsonl");
    }
    assertThat(Files.readString(file)).contains("k0").doesNotContain("k1");
  }
}
