package dev.terrane.cli.shell;

import dev.terrane.cli.ClusterFailures;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.cli.data.Keys;
import dev.terrane.client.ClientException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Does what lines say, one after the other; a line that fails does not end it. */
final class Interpreter {
  private final Keys keys;
  private final PrintWriter out;
  private final PrintWriter err;
  private final AnswerText answers;
  private final List<String> history = new ArrayList<>();
  private int exitCode = ExitCode.DONE;
  private boolean ended;

  private volatile boolean stopping;

  /**
   * @param width of the terminal that answers should fit; {@link AnswerText#WHOLE} to shorten none
   */
  Interpreter(Keys keys, PrintWriter out, PrintWriter err, IntSupplier width) {
    this.keys = keys;
    this.out = out;
    this.err = err;
    this.answers = new AnswerText(out, width, () -> stopping);
  }

  /**
   * Has the line that is being done end early, where it can. Called by any thread.
   *
   * @return false if that was asked for already
   */
  boolean stop() {
    boolean first = !stopping;
    stopping = true;
    return first;
  }

  /** Does what {@code line} says; false once a line said that it was the last. */
  boolean run(String line) {
    history.add(line);
    stopping = false;
    try {
      interpret(ShellLine.parse(line));
    } catch (ShellSyntaxException e) {
      fail(ExitCode.USAGE, String.valueOf(e.getMessage()));
    } catch (ClientException e) {
      CommandFailure failure = ClusterFailures.explain(e);
      fail(failure.exitCode(), String.valueOf(failure.getMessage()));
    }
    out.flush();
    return !ended;
  }

  /** The code of the first line that failed. */
  int exitCode() {
    return exitCode;
  }

  private void interpret(ShellLine line) {
    switch (line) {
      case ShellLine.Ask ask -> answers.print(ask.statement(), keys.ask(ask.statement()));
      case ShellLine.Help help -> help(help.verb());
      case ShellLine.History asked -> history.forEach(out::println);
      case ShellLine.Exit exit -> ended = true;
      case ShellLine.Nothing nothing -> {}
    }
  }

  private void help(@Nullable Verb verb) {
    (verb == null ? HelpText.all() : HelpText.of(verb)).forEach(out::println);
  }

  private void fail(int code, String message) {
    err.println("error: " + message);
    err.flush();
    if (exitCode == ExitCode.DONE) {
      exitCode = code;
    }
  }
}
