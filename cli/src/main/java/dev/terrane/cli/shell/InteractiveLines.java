package dev.terrane.cli.shell;

import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/** Lines that a person types, with editing, completion and a history that outlives the session. */
final class InteractiveLines {
  private static final int INTERRUPTED = 130;
  private static final char LOST = '\ufffd';
  private static final Path HISTORY = Path.of(System.getProperty("user.home"), ".terrane_history");

  private final Terminal terminal;
  private final String greeting;

  InteractiveLines(Terminal terminal, String greeting) {
    this.terminal = terminal;
    this.greeting = greeting;
  }

  /** Hands every line to {@code interpreter} until it or the person ends. */
  void feed(Interpreter interpreter) {
    LineReader reader = reader(terminal);
    // While a line is typed, the reader takes Ctrl-C; this is for when one is being done.
    terminal.handle(Terminal.Signal.INT, signal -> stop(interpreter));
    terminal.writer().println(greeting);
    boolean more = true;
    while (more) {
      try {
        more = run(reader.readLine("terrane> "), interpreter);
      } catch (UserInterruptException e) {
        // Ctrl-C gives up the line, not the session.
      } catch (EndOfFileException e) {
        more = false;
      }
    }
  }

  /** What the terminal could not decode is lost already: better no key than another one. */
  private boolean run(String line, Interpreter interpreter) {
    if (line.indexOf(LOST) < 0) {
      return interpreter.run(line);
    }
    terminal.writer().println("error: not UTF-8; write such bytes as \\xNN");
    terminal.flush();
    return true;
  }

  private void stop(Interpreter interpreter) {
    if (interpreter.stop()) {
      terminal.writer().println("(stopping; Ctrl-C again leaves at once)");
      terminal.flush();
    } else {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
  }

  private static LineReader reader(Terminal terminal) {
    // Quotes and backslashes are the interpreter's: an unfinished one is its error to explain.
    DefaultParser parser = new DefaultParser();
    parser.setQuoteChars(new char[0]);
    parser.setEscapeChars(new char[0]);
    return LineReaderBuilder.builder()
        .terminal(terminal)
        .parser(parser)
        .completer((reader, line, candidates) -> complete(line, candidates))
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        .variable(LineReader.HISTORY_FILE, HISTORY)
        .build();
  }

  /** Offers commands as the first word, and after it the options of that command. */
  private static void complete(ParsedLine line, List<Candidate> candidates) {
    Completions.of(line.words(), line.wordIndex()).stream()
        .map(Candidate::new)
        .forEach(candidates::add);
  }
}
