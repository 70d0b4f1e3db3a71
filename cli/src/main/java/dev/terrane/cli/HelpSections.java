package dev.terrane.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** What every help text says besides its options. */
final class HelpSections {
  private HelpSections() {}

  static void addTo(CommandLine commandLine) {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put(" " + ExitCode.DONE, "done");
    codes.put(" " + ExitCode.FAILED, "failed; a write did not happen");
    codes.put(" " + ExitCode.USAGE, "wrong command line or configuration");
    codes.put(" " + ExitCode.NOT_FOUND, "no such key, or cas found another value");
    codes.put(" " + ExitCode.UNDETERMINED, "no answer tells whether a write happened");
    apply(commandLine, codes);
    commandLine
        .getCommandSpec()
        .usageMessage()
        .footer(
            "",
            "Try it:",
            "  terrane playground            a cluster of three nodes in this process",
            "  terrane put greeting hello    then, in another terminal",
            "  terrane get greeting",
            "  terrane sh                    the same and more, interactively");
  }

  private static void apply(CommandLine commandLine, Map<String, String> codes) {
    commandLine
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(codes)
        .width(100)
        .adjustLineBreaksForWideCJKCharacters(true);
    commandLine.getSubcommands().values().forEach(subcommand -> apply(subcommand, codes));
  }
}
