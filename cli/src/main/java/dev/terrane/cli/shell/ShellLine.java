package dev.terrane.cli.shell;

import dev.terrane.cli.data.ScanBounds;
import dev.terrane.cli.data.Statement;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a line asks for. */
sealed interface ShellLine {
  /** Asks the cluster. */
  record Ask(Statement statement) implements ShellLine {}

  /** Asks for help, about one command if {@code verb} is given. */
  record Help(@Nullable Verb verb) implements ShellLine {}

  record History() implements ShellLine {}

  record Exit() implements ShellLine {}

  /** A blank line or a comment. */
  record Nothing() implements ShellLine {}

  /**
   * Makes sense of {@code line}.
   *
   * @throws ShellSyntaxException if that is not possible
   */
  static ShellLine parse(String line) {
    List<Words.Word> words = Words.of(line);
    if (words.isEmpty()) {
      return new Nothing();
    }
    String first = words.getFirst().text();
    Verb verb = Verb.of(first).orElseThrow(() -> new ShellSyntaxException(noCommand(first)));
    return new Arguments(verb, words.subList(1, words.size())).parse();
  }

  private static String noCommand(String word) {
    return "no command '"
        + word
        + "'"
        + Nearest.of(word, Verb.words()).map(near -> "; did you mean '" + near + "'?").orElse("")
        + "\n'help' lists the commands";
  }

  /** The words behind the verb, sorted into options and operands. */
  final class Arguments {
    private final Verb verb;
    private final List<Bytes> operands = new ArrayList<>();
    private Duration ttl = Duration.ZERO;
    private int limit = ScanBounds.LIMIT_DEFAULT;
    private @Nullable Bytes prefix;
    private boolean reverse;
    private boolean keysOnly;
    private boolean absent;

    private Arguments(Verb verb, List<Words.Word> words) {
      this.verb = verb;
      for (int i = 0; i < words.size(); i++) {
        Words.Word word = words.get(i);
        if (!word.isOption()) {
          operands.add(word.bytes());
          continue;
        }
        switch (option(word.text())) {
          case "--ttl" -> ttl = Duration.ofSeconds(number(valueOf(words, ++i)));
          case "--limit" -> limit = number(valueOf(words, ++i));
          case "--prefix" -> prefix = valueOf(words, ++i).bytes();
          case "--reverse" -> reverse = true;
          case "--keys" -> keysOnly = true;
          default -> absent = true;
        }
      }
    }

    private ShellLine parse() {
      return switch (verb) {
        case GET -> new Ask(new Statement.Get(operand(0, 1)));
        case PUT -> new Ask(new Statement.Put(operand(0, 2), operand(1, 2), ttl));
        case DELETE -> new Ask(new Statement.Delete(operand(0, 1)));
        case TTL -> new Ask(new Statement.Ttl(operand(0, 1)));
        case SCAN -> new Ask(new Statement.Scan(range(), limit, reverse, keysOnly));
        case CAS ->
            new Ask(
                absent
                    ? new Statement.Cas(operand(0, 2), null, operand(1, 2))
                    : new Statement.Cas(operand(0, 3), operand(1, 3), operand(2, 3)));
        case HELP -> new Help(helpTopic());
        case HISTORY -> new History();
        case EXIT -> new Exit();
      };
    }

    private String option(String name) {
      if (!verb.options().contains(name)) {
        throw new ShellSyntaxException(
            "'"
                + verb.word()
                + "' has no option "
                + name
                + Nearest.of(name, verb.options())
                    .map(near -> "; did you mean " + near + "?")
                    .orElse("")
                + "\n"
                + usage()
                + "\nA key or value that starts with -- is written in quotes");
      }
      return name;
    }

    private Bytes operand(int index, int count) {
      if (operands.size() != count) {
        throw new ShellSyntaxException(usage());
      }
      return operands.get(index);
    }

    private KeyRange range() {
      if (operands.size() > 2 || (prefix != null && !operands.isEmpty())) {
        throw new ShellSyntaxException(usage());
      }
      if (prefix != null) {
        return ScanBounds.prefix(prefix);
      }
      try {
        return ScanBounds.between(
            operands.isEmpty() ? Bytes.EMPTY : operands.getFirst(),
            operands.size() < 2 ? Bytes.EMPTY : operands.getLast());
      } catch (IllegalArgumentException e) {
        throw new ShellSyntaxException(String.valueOf(e.getMessage()));
      }
    }

    private @Nullable Verb helpTopic() {
      if (operands.isEmpty()) {
        return null;
      }
      Optional<Verb> topic = Verb.of(operands.getFirst().toUtf8());
      return topic.orElseThrow(
          () -> new ShellSyntaxException(noCommand(operands.getFirst().toUtf8())));
    }

    private Words.Word valueOf(List<Words.Word> words, int index) {
      if (index >= words.size()) {
        throw new ShellSyntaxException(words.getLast().text() + " needs a value; " + usage());
      }
      return words.get(index);
    }

    private int number(Words.Word word) {
      try {
        int number = Integer.parseInt(word.text());
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, together with what is out of range.
      }
      throw new ShellSyntaxException("'" + word.text() + "' is not a whole number above 0");
    }

    private String usage() {
      return "usage: " + verb.syntax();
    }
  }
}
