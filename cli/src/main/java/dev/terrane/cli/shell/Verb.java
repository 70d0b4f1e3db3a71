package dev.terrane.cli.shell;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The first word of a shell line, with how the rest is written. */
enum Verb {
  GET("get KEY", "show the value of a key"),
  PUT("put KEY VALUE [--ttl SECONDS]", "write a value; with --ttl it goes away by itself"),
  DELETE("delete KEY", "delete a key"),
  SCAN(
      "scan [START [END]] [--prefix P] [--limit N] [--reverse] [--keys]",
      "list entries in key order; END is not included"),
  TTL("ttl KEY", "show how long a key still lives"),
  CAS(
      "cas KEY EXPECTED VALUE  |  cas KEY --absent VALUE",
      "write VALUE if the key holds EXPECTED, or nothing"),
  HELP("help [COMMAND]", "explain the commands"),
  HISTORY("history", "list the lines of this session"),
  EXIT("exit", "leave; so does Ctrl-D");

  private final String syntax;
  private final String purpose;

  Verb(String syntax, String purpose) {
    this.syntax = syntax;
    this.purpose = purpose;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String syntax() {
    return syntax;
  }

  String purpose() {
    return purpose;
  }

  /** Taken from the syntax that 'help' shows, so that the two agree. */
  List<String> options() {
    return Arrays.stream(syntax.split("[\\[\\]| ]+", -1))
        .filter(word -> word.startsWith("--"))
        .toList();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Verb::word).toList();
  }

  static Optional<Verb> of(String word) {
    return switch (word) {
      case "del", "rm" -> Optional.of(DELETE);
      case "quit" -> Optional.of(EXIT);
      case "?" -> Optional.of(HELP);
      default ->
          Arrays.stream(values()).filter(verb -> verb.word().equalsIgnoreCase(word)).findFirst();
    };
  }
}
