package dev.terrane.cli;

/** Where the process begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(TerraneCommand.commandLine().execute(args));
  }
}
