package dev.terrane.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.server.config.NodeConfigFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysItsVersion() {
    assertThat(run("--version")).isEqualTo(ExitCode.DONE);
    assertThat(out.toString()).startsWith("terrane 0.").contains("Java");
  }

  @Test
  void everyCommandExplainsItselfWithExitCodes() {
    assertEachExplainsItself(TerraneCommand.commandLine());
  }

  private void assertEachExplainsItself(CommandLine command) {
    String usage = command.getUsageMessage();
    assertThat(usage).contains("Usage:");
    assertThat(command.getCommandSpec().usageMessage().description())
        .as(command.getCommandName())
        .isNotEmpty();
    if (!command.getCommandName().equals("help")) {
      assertThat(usage).as(command.getCommandName()).contains("--help").contains("Exit codes:");
    }
    command.getSubcommands().values().forEach(this::assertEachExplainsItself);
  }

  @Test
  void anUnknownCommandIsAUsageErrorWithASuggestion() {
    assertThat(run("ctll")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no command 'ctll'").contains("terrane ctl");
  }

  @Test
  void anUnknownCommandLikeNoOtherGetsTheListOfThem() {
    assertThat(run("ctl", "foo")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("no command 'foo'")
        .contains("members", "stores", "regions");
  }

  @Test
  void aPortThatIsNoneIsAUsageError() {
    assertThat(run("playground", "--pd-port", "99999")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--pd-port 99999 is not between 0 and 65535");
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithTheReason(@TempDir Path directory) {
    String missing = directory.resolve("missing").toString();
    assertThat(run("import", missing)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("cannot read " + missing + ": no such file");
    assertThat(run("import", directory.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("it is a directory");
  }

  @Test
  void aValueThatBeginsWithAtIsNoFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "two words and more");
    String[] put = {"put", "k", "@" + file, "--pd", "127.0.0.1:" + unusedPort()};
    assertThat(run(put)).as("reaches for the cluster").isEqualTo(ExitCode.FAILED);
    assertThat(err.toString()).contains("no member of PD answers");
  }

  @Test
  void anUnknownOptionIsAUsageErrorWithASuggestion() {
    assertThat(run("ctl", "stores", "--jsno")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--jsno").contains("--json");
  }

  @Test
  void noCommandIsAUsageErrorThatShowsTheWay() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("which command?")
        .contains("playground", "import")
        .contains("--help");
  }

  @Test
  void aClusterThatIsNotThereIsNamedWithWhatToDo() throws IOException {
    int port = unusedPort();
    assertThat(run("ctl", "stores", "--pd", "127.0.0.1:" + port)).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString())
        .contains("no member of PD answers")
        .contains("127.0.0.1:" + port)
        .contains("--pd HOST:PORT");
  }

  @Test
  @Timeout(5)
  void aHostThatDoesNotResolveIsNamedAtOnce(@TempDir Path directory) throws IOException {
    String file = Files.writeString(directory.resolve("in.tsv"), "k\tv\n").toString();
    String[][] commands = {{"get", "k"}, {"ctl", "stores"}, {"import", file}, {"put", "k", "v"}};
    for (String[] command : commands) {
      err.getBuffer().setLength(0);
      String[] all = Arrays.copyOf(command, command.length + 2);
      all[command.length] = "--pd";
      all[command.length + 1] = "nowhere.invalid:2379";
      assertThat(run(all)).as(command[0]).isEqualTo(ExitCode.FAILED);
      assertThat(err.toString())
          .as(command[0])
          .contains("the host 'nowhere.invalid' (--pd nowhere.invalid:2379) does not resolve");
    }
  }

  @Test
  void morePutsUnderWayThanAreAllowedAreRefusedWithTheBound(@TempDir Path directory)
      throws IOException {
    String file = Files.writeString(directory.resolve("in.tsv"), "k\tv\n").toString();
    assertThat(run("import", file, "--outstanding", "2147483647")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--outstanding 2147483647 is above 1048576");
  }

  /** An import that does not begin leaves what an earlier one has acknowledged. */
  @Test
  void anImportThatIsRefusedChangesNoFile(@TempDir Path directory) throws IOException {
    Path input = Files.writeString(directory.resolve("in.tsv"), "k\tv\n");
    Path zstd = directory.resolve("in.zst");
    Files.write(zstd, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 0, 0, 0, 0, 0});
    Path acked = Files.writeString(directory.resolve("acked"), "earlier\n");
    Path other = directory.resolve("other");
    assertThat(run("import", zstd.toString(), "--acked", acked.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("import", zstd.toString(), "--acked", other.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(
            run(
                "import",
                input.toString(),
                "--acked",
                acked.toString(),
                "--pd",
                "nowhere.invalid:2379"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(acked).hasContent("earlier\n");
    assertThat(other).doesNotExist();
  }

  @Test
  void whatIsImportedIsNotOverwrittenByItsAcknowledgedKeys(@TempDir Path directory)
      throws IOException {
    Path input = Files.writeString(directory.resolve("in.tsv"), "k\tv\n");
    Path link = Files.createSymbolicLink(directory.resolve("link"), input);
    for (Path acked : List.of(input, link)) {
      assertThat(run("import", input.toString(), "--acked", acked.toString()))
          .isEqualTo(ExitCode.USAGE);
      assertThat(err.toString()).contains("--acked " + acked + " is the file that is imported");
      assertThat(input).hasContent("k\tv\n");
    }
  }

  /** A carriage return may stand in a key; only in front of a line feed is it the line's. */
  @Test
  void linesOfTheShellEndWhereALineFeedIs() {
    InputStream before = System.in;
    System.setIn(
        new ByteArrayInputStream("# a\rput k v\r\nhistory".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(run("sh", "--pd", "127.0.0.1:1", "--timeout", "1")).isEqualTo(ExitCode.DONE);
    } finally {
      System.setIn(before);
    }
    assertThat(out.toString()).isEqualTo("# a\rput k v\nhistory\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theHelpOfStartNamesEverySettingOfTheConfigurationFile() {
    assertThat(run("start", "--help")).isEqualTo(ExitCode.DONE);
    for (String setting : NodeConfigFile.SETTINGS) {
      int dot = setting.indexOf('.');
      String table = dot < 0 ? "at its top " : "[" + setting.substring(0, dot) + "] ";
      assertThat(out.toString().lines())
          .as(setting)
          .anyMatch(line ->
              line.strip().startsWith(table)
                  && List.of(line.split("[ ,]+")).contains(setting.substring(dot + 1)));
    }
  }

  @Test
  void aConfigurationFileThatCannotBeReadIsNamedWithTheReason(@TempDir Path directory) {
    String missing = directory.resolve("missing.toml").toString();
    assertThat(run("start", "--config", missing)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("cannot read configuration file " + missing + ": no such file or directory");
    assertThat(run("start", "--config", directory.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains(directory + ": Is a directory").doesNotContain("java.");
  }

  @Test
  void aNodeWithoutADirectoryIsToldHowToNameOne() {
    assertThat(run("start")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--dir DIR, or data-dir = \"DIR\"");
  }

  @Test
  void whatShouldBeANumberIsSaidWithoutTypesOfJava() {
    assertThat(run("ctl", "store", "remove", "x")).isEqualTo(ExitCode.USAGE);
    assertThat(run("import", "f", "--outstanding", "many")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("'x' is not a whole number", "'many' is not a whole number")
        .doesNotContain("is not a long", "is not an int");
  }

  @Test
  void aFileOfAcknowledgedKeysThatCannotBeWrittenIsNamedWithTheReason(@TempDir Path directory)
      throws IOException {
    String file = Files.writeString(directory.resolve("in.tsv"), "k\tv\n").toString();
    assertThat(run("import", file, "--acked", directory.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("cannot write --acked " + directory + ": Is a directory")
        .doesNotContain("java.");
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private int run(String... args) {
    return TerraneCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
