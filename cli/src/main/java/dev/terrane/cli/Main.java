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
    System.exit(TerraneCommand.commandLine().execute(args));
  }
}
