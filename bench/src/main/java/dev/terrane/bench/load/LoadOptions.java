package dev.terrane.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What to do to whom.
 *
 * @param mode the kind of operations
 * @param keys how many different keys are used
 * @param valueBytes size of each value
 * @param scanLimit entries a scan asks for
 * @param putPercent share of puts in mixed mode
 * @param fill whether to put every key before measuring
 * @param pids processes whose CPU time is charged to the operations
 * @param statusAddresses HTTP addresses of nodes whose sync counters are read
 * @param killPid process to kill while measuring; 0: none
 * @param catchUp status addresses of a node that is behind and of its leader: the measurement ends
 *     when the first has applied what the second had at its start; or empty
 * @param firstPut whether to wait for a cluster that is starting, put once, and say when that was
 */
record LoadOptions(
    List<String> pd,
    Mode mode,
    int outstanding,
    int keys,
    int valueBytes,
    int scanLimit,
    int putPercent,
    Duration warmup,
    Duration duration,
    boolean fill,
    long seed,
    List<Long> pids,
    List<String> statusAddresses,
    long killPid,
    Duration killAfter,
    List<String> catchUp,
    boolean firstPut) {
  enum Mode {
    PUT,
    GET,
    SCAN,
    MIXED
  }

  static final String USAGE =
      """
      options (default):
        --pd HOST:PORT,...       placement drivers (127.0.0.1:2379)
        --mode put|get|scan|mixed (put)
        --outstanding N          operations under way (256)
        --keys N                 different keys (100000)
        --value-bytes N          size of a value (100)
        --scan-limit N           entries of a scan (100)
        --put-percent N          share of puts in mixed mode (50)
        --warmup SECONDS         not measured (10)
        --duration SECONDS       measured (20)
        --fill true|false        put every key first (false)
        --seed N                 of the choice of keys (1)
        --pids PID,...           servers whose CPU time is reported per operation
        --status HOST:PORT,...   servers whose syncs are reported per 1,000 operations
        --kill-pid PID           kill -9 this process while measuring, report the recovery
        --kill-after SECONDS     into the measurement (5)
        --catch-up HOST:PORT,HOST:PORT  status of a node that is behind and of its leader: measure
                                 until it has caught up, for --duration at most
        --first-put true|false   wait for a cluster that is starting, put once, say when (false)
      """;

  /**
   * Reads {@code --name value} pairs.
   *
   * @throws IllegalArgumentException if one is unknown or makes no sense
   */
  static LoadOptions parse(String... args) {
    Map<String, String> given = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    if (args.length % 2 != 0) {
      throw new IllegalArgumentException(args[args.length - 1] + " needs a value");
    }
    LoadOptions options =
        new LoadOptions(
            list(given, "--pd", "127.0.0.1:2379"),
            Mode.valueOf(take(given, "--mode", "put").toUpperCase(Locale.ROOT)),
            number(given, "--outstanding", 256),
            number(given, "--keys", 100_000),
            number(given, "--value-bytes", 100),
            number(given, "--scan-limit", 100),
            number(given, "--put-percent", 50),
            Duration.ofSeconds(number(given, "--warmup", 10)),
            Duration.ofSeconds(number(given, "--duration", 20)),
            Boolean.parseBoolean(take(given, "--fill", "false")),
            number(given, "--seed", 1),
            list(given, "--pids", "").stream().map(Long::parseLong).toList(),
            list(given, "--status", ""),
            number(given, "--kill-pid", 0),
            Duration.ofSeconds(number(given, "--kill-after", 5)),
            list(given, "--catch-up", ""),
            Boolean.parseBoolean(take(given, "--first-put", "false")));
    if (!options.catchUp().isEmpty() && options.catchUp().size() != 2) {
      throw new IllegalArgumentException("--catch-up takes two addresses");
    }
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + String.join(" ", given.keySet()));
    }
    return options;
  }

  private static String take(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    return Integer.parseInt(take(given, name, Integer.toString(otherwise)));
  }

  private static List<String> list(Map<String, String> given, String name, String otherwise) {
    List<String> parts =
        new ArrayList<>(Arrays.asList(take(given, name, otherwise).split(",", -1)));
    parts.removeIf(String::isEmpty);
    return parts;
  }
}
