package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
      entries.forEach(entry -> rejects.entry(entry, "the key is \"too\" long"));
      assertThat(rejects.advice()).contains("2 entries").contains(file.toString());
      assertThat(rejects.adviceBeforeGoingOn()).contains("2 entries", "before going on");
    }
    LineReader lines =
        new LineReader(new ByteArrayInputStream(Files.readAllBytes(file)), new JsonLinesFormat());
    for (ImportLine.Entry entry : entries) {
      assertThat(lines.next()).isEqualTo(entry);
    }
  }

  @Test
  void linesThatAreNoEntriesAreThereWithTheReasonAndAreToldOfAgain() throws IOException {
    Path file = directory.resolve("in.tsv.rejected.jsonl");
    byte[] input = {'a', '\t', 'b', '\n', 'n', 'o', '\n', (byte) 0xff, '\n'};
    try (Rejects rejects = new Rejects("in.tsv", file)) {
      LineReader lines = new LineReader(new ByteArrayInputStream(input), new TsvFormat(false));
      for (ImportLine line = lines.next(); line != null; line = lines.next()) {
        if (line instanceof ImportLine.Bad bad) {
          rejects.bad(bad);
        }
      }
      rejects.bad(new ImportLine.Bad(9, "longer than 1000 bytes"));
      assertThat(rejects.advice())
          .contains("3 lines that could not be read are in " + file + ", with the reason.");
      rejects.entry(new ImportLine.Entry(4, Bytes.ofUtf8("k"), Bytes.EMPTY, Duration.ZERO), "x");
      assertThat(rejects.advice())
          .contains("1 entry that is not written", "'terrane import " + file + "'")
          .contains("3 lines that could not be read are there too");
    }
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "{\"bad_line\":\"no\",\"line\":2,\"reason\":\"no tab between key and value\"}",
            "{\"bad_line_base64\":\"/w==\",\"line\":3,\"reason\":\"no tab between key and value\"}",
            "{\"bad_line\":\"\",\"line\":9,\"reason\":\"longer than 1000 bytes\"}",
            "{\"key\":\"k\",\"value\":\"\",\"reason\":\"x\"}");
    LineReader again =
        new LineReader(new ByteArrayInputStream(Files.readAllBytes(file)), new JsonLinesFormat());
    assertThat(again.next())
        .isInstanceOfSatisfying(
            ImportLine.Bad.class,
            bad ->
                assertThat(bad.reason())
                    .isEqualTo(
                        "no tab between key and value (line 2 of what was imported before)"));
    assertThat(again.next()).isInstanceOf(ImportLine.Bad.class);
    assertThat(again.next()).isInstanceOf(ImportLine.Bad.class);
    assertThat(again.next()).isInstanceOf(ImportLine.Entry.class);
  }

  /** Else each import of the file would wrap the line once more, and hide what it was. */
  @Test
  void aLineThatWasRejectedBeforeIsKeptAsItIs() throws IOException {
    String before = "{\"bad_line\":\"no\",\"line\":2,\"reason\":\"no tab between key and value\"}";
    Path file = directory.resolve("again.jsonl");
    try (Rejects rejects = new Rejects("again", file)) {
      LineReader lines =
          new LineReader(
              new ByteArrayInputStream(before.getBytes(StandardCharsets.UTF_8)),
              new JsonLinesFormat());
      assertThat(lines.next()).isInstanceOfSatisfying(ImportLine.Bad.class, rejects::bad);
      assertThat(rejects.advice()).startsWith("1 line that could not be read is in " + file);
    }
    assertThat(file).content().isEqualTo(before + "\n");
  }

  @Test
  void whatAnEarlierImportLeftStays() throws IOException {
    Path file = directory.resolve("in.rejected.jsonl");
    for (int round = 0; round < 3; round++) {
      try (Rejects rejects = new Rejects("in", file)) {
        rejects.entry(
            new ImportLine.Entry(1, Bytes.ofUtf8("k" + round), Bytes.EMPTY, Duration.ZERO), "x");
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
