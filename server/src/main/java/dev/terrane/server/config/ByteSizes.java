package dev.terrane.server.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512MiB}, {@code 2 GiB}, {@code 1048576}. Powers of 1024. */
public final class ByteSizes {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(|[kmgt]i?b|b)");

  private ByteSizes() {}

  /**
   * How many bytes {@code text} says.
   *
   * @throws ConfigException if it says none
   */
  public static long parse(String text) {
    Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new ConfigException("'" + text + "' is no size; write it as in 512MiB or 2GiB");
    }
    String unit = size.group(2);
    int shift =
        switch (unit.isEmpty() ? 'b' : unit.charAt(0)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          case 't' -> 40;
          default -> 0;
        };
    long number = Long.parseLong(size.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw new ConfigException("'" + text + "' is more than any machine has");
    }
    return number << shift;
  }
}
