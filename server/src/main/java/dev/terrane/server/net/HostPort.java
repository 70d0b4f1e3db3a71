package dev.terrane.server.net;

import java.net.URI;
import java.net.URISyntaxException;

/** Where something listens. Text form {@code host:port}; IPv6 literals in brackets. */
public record HostPort(String host, int port) {
  /**
   * Parses {@code host:port} or {@code http://host:port}.
   *
   * @throws IllegalArgumentException if {@code text} is neither; the message names it
   */
  public static HostPort parse(String text) {
    String withScheme = text.contains("://") ? text : "http://" + text;
    try {
      URI uri = new URI(withScheme);
      if (uri.getHost() == null
          || uri.getPort() < 0
          || uri.getPort() > 65_535
          || !(uri.getPath().isEmpty() || uri.getPath().equals("/"))
          || uri.getUserInfo() != null) {
        throw new IllegalArgumentException("'" + text + "' is not of the form HOST:PORT");
      }
      String host = uri.getHost();
      return new HostPort(
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is not of the form HOST:PORT", e);
    }
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
