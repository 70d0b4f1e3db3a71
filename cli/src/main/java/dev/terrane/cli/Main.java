package dev.terrane.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Where the process begins. */
public final class Main {
  /** Held, because the logging of Java forgets the level of a logger that nobody holds. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Main() {}

  public static void main(String[] args) {
    if (!"debug".equals(System.getProperty("TERRANE_LOG"))) {
      // It writes a stack trace for every host that it cannot find, past our own message.
      GRPC.setLevel(Level.SEVERE);
    }
    StandardOutput.install();
    System.exit(run(args));
  }

  /**
   * What is printed last is printed before the exit code is known.
   *
   * <p>An Error ends the process like any failure: threads that were begun would keep alive what
   * does nothing any more, and may wait for each other when they are asked to end.
   */
  private static int run(String[] args) {
    try {
      int code = TerraneCommand.commandLine().execute(GivenArguments.of(args));
      StandardOutput.finish();
      return code;
    } catch (CommandFailure e) {
      System.err.println("terrane: " + e.getMessage());
      return e.exitCode();
    } catch (Error e) {
      System.err.println("terrane: " + BrokenMachine.explain(e));
      System.err.flush();
      Runtime.getRuntime().halt(ExitCode.FAILED);
      throw e;
    }
  }
}
