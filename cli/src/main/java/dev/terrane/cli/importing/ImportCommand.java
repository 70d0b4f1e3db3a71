package dev.terrane.cli.importing;

import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.FileFailures;
import dev.terrane.cli.TerminalStreams;
import dev.terrane.client.TerraneClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts every line of a file. */
@Command(
    name = "import",
    description = "Put every line of a file: KEY tab VALUE, or a JSON object a line.",
    footer = {
      "",
      "A line that cannot be read, or that the cluster refuses, is reported as FILE:LINE with the",
      "reason, and the others go on; the exit code then is 1, or 4 if the outcome of a put is unknown.",
      "Of several lines with one key the last wins. A put whose answer was lost is not sent again.",
      "Ctrl-C waits for the puts under way, says at which line to go on, and exits with 130.",
      "",
      "JSON lines: {\"key\": \"k\", \"value\": \"v\"}, or key_base64 and value_base64, and ttl_seconds.",
      "A value that is no string is stored as its JSON text.",
      "",
      "Examples:",
      "  terrane import packages.tsv",
      "  zcat users.jsonl.gz | terrane import - --format json"
    })
public final class ImportCommand implements Callable<Integer> {
  private static final int PROBLEMS_SHOWN_MAX = 20;
  private static final long BYTES_IN_FLIGHT_MAX = 32L << 20;

  enum Format {
    TSV,
    JSON
  }

  @Parameters(paramLabel = "FILE", description = "The file, or - for standard input.")
  private String file;

  @Option(
      names = "--format",
      description =
          "${COMPLETION-CANDIDATES} (default: json if the name ends in .json, .jsonl or .ndjson, else"
              + " tsv).")
  private @Nullable Format format;

  @Option(
      names = {"-e", "--escaped"},
      description = "TSV keys and values are written with escapes, as 'terrane scan' prints them.")
  private boolean escaped;

  @Option(
      names = "--outstanding",
      paramLabel = "N",
      defaultValue = "256",
      description = "Puts under way at a time (default: ${DEFAULT-VALUE}).")
  private int outstanding;

  @Option(
      names = "--acked",
      paramLabel = "KEYS",
      description =
          "Write the key of every acknowledged put to this file, escaped, one a line; with"
              + " --from-line, behind what is in it.")
  private @Nullable Path acked;

  @Option(
      names = "--from-line",
      paramLabel = "N",
      defaultValue = "1",
      description = "Begin at this line, as an import that was interrupted says (default: 1).")
  private long fromLine;

  @Mixin private ClusterOptions cluster;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    atLeastOne("--outstanding", outstanding);
    atLeastOne("--from-line", fromLine);
    try (InputStream input = open();
        AcknowledgedKeys acknowledged = new AcknowledgedKeys(acked, fromLine > 1);
        TerraneClient client = cluster.connect(outstanding)) {
      return run(input, acknowledged, client);
    }
  }

  private static void atLeastOne(String option, long given) {
    if (given < 1) {
      throw new CommandFailure(ExitCode.USAGE, option + " " + given + " is not above 0");
    }
  }

  private int run(InputStream input, AcknowledgedKeys acknowledged, TerraneClient client)
      throws IOException, InterruptedException {
    String name = file.equals("-") ? "standard input" : file;
    Problems problems = new Problems(name);
    LineReader lines = new LineReader(input, lineFormat());
    lines.skip(fromLine - 1);
    Importer importer =
        new Importer(
            lines,
            new ClientEntryWriter(client.raw()),
            new InFlight(outstanding, BYTES_IN_FLIGHT_MAX),
            problems::add,
            acknowledged::add);
    PrintWriter err = spec.commandLine().getErr();
    try (ProgressReporter progress =
            new ProgressReporter(
                err,
                TerminalStreams.error(),
                new ProgressText(inputBytes(), lines.bytesConsumed()),
                importer::counts);
        Interruption interruption =
            new Interruption(() -> {
              long lastLine = importer.stop();
              problems.finish();
              progress.say(ProgressText.summary(importer.counts(), progress.elapsed()));
              progress.say(ProgressText.resumption(name, lastLine));
              progress.end();
              acknowledged.close();
            })) {
      problems.show(progress::say);
      progress.start();
      ImportCounts counts = importer.run();
      if (interruption.endedByItself()) {
        problems.finish();
        progress.say(ProgressText.summary(counts, progress.elapsed()));
      }
      return exitCode(counts);
    }
  }

  private static int exitCode(ImportCounts counts) {
    if (counts.allAcknowledged()) {
      return ExitCode.DONE;
    }
    return counts.undetermined() > 0 ? ExitCode.UNDETERMINED : ExitCode.FAILED;
  }

  private InputStream open() {
    if (file.equals("-")) {
      return System.in;
    }
    Path path = path();
    if (Files.isDirectory(path)) {
      throw new CommandFailure(ExitCode.USAGE, "cannot read " + file + ": it is a directory");
    }
    try {
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "cannot read " + file + ": " + FileFailures.reason(e), e);
    }
  }

  private Path path() {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "cannot open a file of this name in this locale; give it as standard input:"
              + " terrane import - < FILE",
          e);
    }
  }

  private long inputBytes() throws IOException {
    return file.equals("-") ? 0 : Files.size(path());
  }

  private LineFormat lineFormat() {
    boolean json = format == null ? hasJsonName(file) : format == Format.JSON;
    return json ? new JsonLinesFormat() : new TsvFormat(escaped);
  }

  private static boolean hasJsonName(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.(json|jsonl|ndjson)");
  }

  /** Shows the first problems and counts the others. Called by one thread at a time. */
  private static final class Problems {
    private final String file;
    private Consumer<String> output = line -> {};
    private long count;

    Problems(String file) {
      this.file = file;
    }

    void show(Consumer<String> shown) {
      output = shown;
    }

    void add(Importer.Problem problem) {
      count++;
      if (count <= PROBLEMS_SHOWN_MAX) {
        output.accept(file + ":" + problem.line() + ": " + problem.reason());
      }
    }

    void finish() {
      if (count > PROBLEMS_SHOWN_MAX) {
        output.accept("... and " + (count - PROBLEMS_SHOWN_MAX) + " more");
      }
    }
  }
}
