package dev.terrane.cli.importing;

import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.FileFailures;
import dev.terrane.cli.TerminalStreams;
import dev.terrane.client.ClientBuilder;
import dev.terrane.client.TerraneClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
      "While the cluster does not serve, the import waits for it, as long as --patience says. Entries",
      "that were refused, or of which nobody knows, go into a file that 'terrane import' takes, and so",
      "do lines that cannot be read, each with the reason.",
      "Ctrl-C waits for the puts under way, says at which line to go on, and exits with 130.",
      "",
      "JSON lines: {\"key\": \"k\", \"value\": \"v\"}, or key_base64 and value_base64, and ttl_seconds.",
      "A value that is no string is stored as its JSON text. A file that gzip has made is read as well.",
      "Lines end with a line feed, or a carriage return and one, which is no part of the value; empty",
      "lines are passed over. A value that ends with a carriage return: as \\r with --escaped, or JSON.",
      "",
      "Examples:",
      "  terrane import packages.tsv",
      "  terrane import users.jsonl.gz",
      "  zstdcat users.jsonl.zst | terrane import - --format json"
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

  @Option(
      names = "--rejects",
      paramLabel = "FILE",
      description =
          "Where entries and lines go that were not written, or may not be (default: the input's name with"
              + " .rejected.jsonl, in this directory). What is there stays.")
  private @Nullable Path rejects;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "How long to wait for a cluster that does not serve (default: ${DEFAULT-VALUE}).")
  private int patienceSeconds;

  @Mixin private ClusterOptions cluster;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    atLeastOne("--outstanding", outstanding);
    if (outstanding > ClientBuilder.OUTSTANDING_LIMIT) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--outstanding "
              + outstanding
              + " is above "
              + ClientBuilder.OUTSTANDING_LIMIT
              + ", the most that a client has under way");
    }
    atLeastOne("--from-line", fromLine);
    atLeastOne("--patience", patienceSeconds);
    try (BufferedInputStream input = new BufferedInputStream(open(), 64 << 10);
        AcknowledgedKeys acknowledged = acknowledgedKeys();
        Rejects rejected = new Rejects(inputName(), rejects);
        TerraneClient client = cluster.connect(outstanding)) {
      return run(input, acknowledged, rejected, client);
    }
  }

  private AcknowledgedKeys acknowledgedKeys() {
    try {
      if (acked != null && !file.equals("-") && Files.exists(acked) && isImported(acked)) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "--acked "
                + acked
                + " is the file that is imported, and would be overwritten; name another");
      }
      return new AcknowledgedKeys(acked);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE, "cannot write --acked " + acked + ": " + FileFailures.reason(e), e);
    }
  }

  private boolean isImported(Path other) throws IOException {
    return Files.isSameFile(other, path());
  }

  /** The name of the input, without its folder and what says that it is compressed. */
  private String inputName() {
    if (file.equals("-")) {
      return "standard-input";
    }
    Path name = path().getFileName();
    return name == null ? "input" : name.toString().replaceAll("\\.gz$", "");
  }

  private static void atLeastOne(String option, long given) {
    if (given < 1) {
      throw new CommandFailure(ExitCode.USAGE, option + " " + given + " is not above 0");
    }
  }

  private int run(
      BufferedInputStream input,
      AcknowledgedKeys acknowledged,
      Rejects rejected,
      TerraneClient client)
      throws IOException, InterruptedException {
    String name = file.equals("-") ? "standard input" : file;
    Problems problems = new Problems(name);
    Compression compression = Compression.of(input);
    LineReader lines = lines(compression, input, name);
    acknowledged.begin(fromLine > 1);
    ScheduledExecutorService timer = timer();
    Announcements announcements = new Announcements();
    Importer importer =
        new Importer(
            lines,
            new ClientEntryWriter(client.raw()),
            new InFlight(outstanding, BYTES_IN_FLIGHT_MAX),
            problems::add,
            acknowledged::add,
            rejected,
            new Importer.Waiting(
                Duration.ofSeconds(patienceSeconds),
                (delay, action) -> {
                  var _ = timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
                },
                System::nanoTime,
                announcements));
    PrintWriter err = spec.commandLine().getErr();
    try (ProgressReporter progress =
            new ProgressReporter(
                err,
                TerminalStreams.error(),
                new ProgressText(
                    compression == Compression.NONE ? inputBytes() : 0, lines.bytesConsumed()),
                importer::counts);
        Interruption interruption =
            new Interruption(() -> {
              long lastLine = importer.stop();
              problems.finish();
              progress.say(ProgressText.summary(importer.counts(), progress.elapsed()));
              advise(rejected.adviceBeforeGoingOn(), progress);
              progress.say(ProgressText.resumption("interrupted", name, lastLine));
              progress.end();
              acknowledged.close();
              rejected.close();
            })) {
      problems.show(progress::say);
      announcements.show(progress::say);
      progress.start();
      try {
        ImportCounts counts = importer.run();
        if (interruption.endedByItself()) {
          tellEnd(importer, problems, progress);
          advise(importer.gaveUp() ? rejected.adviceBeforeGoingOn() : rejected.advice(), progress);
          if (importer.gaveUp()) {
            progress.say(ProgressText.resumption("stopped", name, importer.lastLine()));
          }
        }
        return exitCode(counts);
      } catch (IOException | UncheckedIOException e) {
        if (interruption.endedByItself()) {
          tellEnd(importer, problems, progress);
          advise(rejected.adviceBeforeGoingOn(), progress);
          progress.say(ProgressText.resumption("stopped", name, importer.lastLine()));
        }
        throw cannotGoOn(name, e);
      }
    } finally {
      timer.shutdownNow();
    }
  }

  /** The lines from the first one wanted on. */
  private LineReader lines(Compression compression, InputStream input, String name) {
    try {
      LineReader lines = new LineReader(compression.decompressed(input, file), lineFormat());
      lines.skip(fromLine - 1);
      return lines;
    } catch (IOException e) {
      throw cannotGoOn(name, e);
    }
  }

  private static void tellEnd(Importer importer, Problems problems, ProgressReporter progress) {
    problems.finish();
    progress.say(ProgressText.summary(importer.counts(), progress.elapsed()));
  }

  private static void advise(@Nullable String advice, ProgressReporter progress) {
    if (advice != null) {
      progress.say(advice);
    }
  }

  /** The input ends too early or cannot be read, or a file of the import's own not be written. */
  private static CommandFailure cannotGoOn(String name, Exception failure) {
    String what =
        failure instanceof UncheckedIOException
            ? String.valueOf(failure.getMessage())
            : "cannot read on in " + name;
    Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
    String why =
        cause instanceof IOException known ? FileFailures.reason(known) : String.valueOf(cause);
    return new CommandFailure(ExitCode.FAILED, what + ": " + why, failure);
  }

  private static ScheduledExecutorService timer() {
    return Executors.newSingleThreadScheduledExecutor(action -> {
      Thread thread = new Thread(action, "import-retries");
      thread.setDaemon(true);
      return thread;
    });
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
    boolean json = format == null ? hasJsonName(inputName()) : format == Format.JSON;
    return json ? new JsonLinesFormat() : new TsvFormat(escaped);
  }

  private static boolean hasJsonName(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.(json|jsonl|ndjson)");
  }

  /** Says what happens to the cluster, once there is somebody to say it to. */
  private static final class Announcements implements Consumer<String> {
    private volatile Consumer<String> output = line -> {};

    void show(Consumer<String> shown) {
      output = shown;
    }

    @Override
    public void accept(String line) {
      output.accept(line);
    }
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
