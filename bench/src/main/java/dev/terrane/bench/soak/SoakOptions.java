package dev.terrane.bench.soak;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to do for how long.
 *
 * @param pd addresses of placement drivers
 * @param pids servers whose memory is looked at, and that must live to the end
 * @param outstanding operations of the full load, half puts and half gets
 * @param connections further connections, each with a get a second
 * @param scanners clients that scan over and over, 1,600 and 10,240 rows of 20 kB, and 4 and 100
 *     values of 8 MiB, each in one answer
 * @param slowReaders clients that ask for large answers and do not read them
 */
record SoakOptions(
    List<String> pd,
    List<Long> pids,
    Duration duration,
    int outstanding,
    int connections,
    int scanners,
    int slowReaders) {
  static final String USAGE =
      """
      options (default):
        --pd HOST:PORT,...       placement drivers (127.0.0.1:2379)
        --pids PID,...           servers whose memory is looked at ()
        --duration SECONDS       after everything has begun (1200)
        --outstanding N          operations of the full load (256)
        --connections N          further connections, each with a get a second (500)
        --scanners N             clients that scan large ranges over and over (8)
        --slow-readers N         clients that do not read their large answers (20)
      """;

  /**
   * Reads {@code --name value} pairs.
   *
   * @throws IllegalArgumentException if one is unknown or makes no sense
   */
  static SoakOptions parse(String... args) {
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(args[args.length - 1] + " needs a value");
    }
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    SoakOptions options =
        new SoakOptions(
            list(given, "--pd", "127.0.0.1:2379"),
            list(given, "--pids", "").stream().map(Long::parseLong).toList(),
            Duration.ofSeconds(number(given, "--duration", 1200)),
            number(given, "--outstanding", 256),
            number(given, "--connections", 500),
            number(given, "--scanners", 8),
            number(given, "--slow-readers", 20));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + String.join(" ", given.keySet()));
    }
    return options;
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private static List<String> list(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    String text = value == null ? otherwise : value;
    return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
  }
}
