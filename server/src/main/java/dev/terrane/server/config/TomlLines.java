package dev.terrane.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lines of a TOML text's keys, which the parser does not keep. Knows table headers and
 * {@code key = value} lines, dotted or not; a key inside an inline table is found at its table.
 */
final class TomlLines {
  private final Map<String, Integer> lineByKey = new LinkedHashMap<>();
  private @Nullable String repeatedKey;
  private int repeatedLine;

  TomlLines(String text) {
    String table = "";
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (stripped.startsWith("[")) {
        int end = stripped.indexOf(']');
        table = unquoted(stripped.substring(1, end < 0 ? stripped.length() : end));
        add(table, number);
      } else if (!stripped.startsWith("#") && stripped.indexOf('=') > 0) {
        String key = unquoted(stripped.substring(0, stripped.indexOf('=')));
        add(table.isEmpty() ? key : table + "." + key, number);
      }
    }
  }

  private void add(String key, int line) {
    if (lineByKey.putIfAbsent(key, line) != null && repeatedKey == null) {
      repeatedKey = key;
      repeatedLine = line;
    }
  }

  /** The first key that is there a second time; null if none is. */
  @Nullable String repeatedKey() {
    return repeatedKey;
  }

  /** Where that is. */
  int repeatedLine() {
    return repeatedLine;
  }

  private static String unquoted(String key) {
    return key.replace("\"", "").replace("'", "").replace(" ", "").replace("\t", "");
  }

  /** The line of {@code key}, or of the nearest table around it; 1 if neither is found. */
  int lineOf(String key) {
    for (String path = key;
        !path.isEmpty();
        path = path.substring(0, Math.max(0, path.lastIndexOf('.')))) {
      Integer line = lineByKey.get(path);
      if (line != null) {
        return line;
      }
    }
    return 1;
  }
}
