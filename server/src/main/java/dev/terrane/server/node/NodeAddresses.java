package dev.terrane.server.node;

import dev.terrane.server.net.HostPort;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where others find a node. A part that the node does not have has port 0. */
public record NodeAddresses(HostPort pd, HostPort store, HostPort status) {
  /** Those of the parts that the node has, by name: {@code pd}, {@code store}, {@code status}. */
  public Map<String, String> byPart() {
    Map<String, String> byPart = new LinkedHashMap<>();
    put(byPart, "pd", pd);
    put(byPart, "store", store);
    put(byPart, "status", status);
    return byPart;
  }

  private static void put(Map<String, String> byPart, String part, HostPort address) {
    if (address.port() != 0) {
      byPart.put(part, address.toString());
    }
  }
}
