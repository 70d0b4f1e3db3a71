package dev.terrane.server.net;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where something listens. Text form {@code host:port}; IPv6 literals in brackets. */
public record HostPort(String host, int port) {
  private static final int PORT_MAX = 65_535;
  private static final Pattern TEXT =
      Pattern.compile(
          "(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+)):([0-9]{1,5})/?");

  /**
   * Parses {@code host:port} or {@code http://host:port}. A host's name may have underscores, as
   * those of containers do, though no name of the internet's has.
   *
   * @throws IllegalArgumentException if {@code text} is neither; the message names it
   */
  public static HostPort parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > PORT_MAX) {
      throw new IllegalArgumentException("'" + text + "' is not of the form HOST:PORT");
    }
    String literal = matcher.group(1);
    return new HostPort(
        literal == null ? matcher.group(2) : literal, Integer.parseInt(matcher.group(3)));
  }

  /** Those of {@code texts} that {@link #parse} takes, in their order; others may say anything. */
  public static List<HostPort> readableIn(List<String> texts) {
    List<HostPort> readable = new ArrayList<>();
    for (String text : texts) {
      try {
        readable.add(parse(text));
      } catch (IllegalArgumentException none) {
        // Whoever says so is not found there.
      }
    }
    return readable;
  }

  /** Whether this is every address of a machine, where something may listen but nobody finds it. */
  public boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("::") || host.equals("0:0:0:0:0:0:0:0");
  }

  /** As PD and etcd write it. */
  public String url() {
    return "http://" + this;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
