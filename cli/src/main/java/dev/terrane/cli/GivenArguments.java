package dev.terrane.cli;

import dev.terrane.cli.text.Verbatim;
import dev.terrane.common.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of the process as they were given. Java decodes them by the locale and puts {@code
 * U+FFFD} or {@code ?} for what it cannot, so that different keys become one. Linux tells the
 * bytes; elsewhere what was lost is refused.
 */
final class GivenArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final char LOST = '\ufffd';

  private GivenArguments() {}

  /**
   * The text of each argument, as {@link Verbatim} has it.
   *
   * @param decoded what Java made of them
   * @throws CommandFailure if one cannot be known
   */
  static String[] of(String[] decoded) {
    byte[] commandLine;
    try {
      commandLine = Files.readAllBytes(COMMAND_LINE);
    } catch (IOException e) {
      return refuseLost(decoded);
    }
    return of(decoded, commandLine);
  }

  /** The same, with the command line of the process: each word and a zero byte. */
  static String[] of(String[] decoded, byte[] commandLine) {
    List<Bytes> words = words(commandLine);
    int first = words.size() - decoded.length;
    if (first < 0) {
      return refuseLost(decoded);
    }
    String[] given = new String[decoded.length];
    for (int i = 0; i < given.length; i++) {
      Bytes word = words.get(first + i);
      given[i] = Verbatim.text(word);
      if (isAscii(word) && !given[i].equals(decoded[i])) {
        // Whatever those words are, they are not the arguments.
        return refuseLost(decoded);
      }
    }
    return given;
  }

  private static List<Bytes> words(byte[] commandLine) {
    List<Bytes> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        words.add(Bytes.wrap(commandLine, start, i - start));
        start = i + 1;
      }
    }
    return words;
  }

  private static boolean isAscii(Bytes word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.at(i) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String[] refuseLost(String[] decoded) {
    for (String argument : decoded) {
      if (argument.indexOf(LOST) >= 0) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "'"
                + argument
                + "' is not in the encoding of this terminal; with -e its bytes can be written as"
                + " \\xNN");
      }
    }
    return decoded;
  }
}
