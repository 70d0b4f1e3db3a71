package dev.terrane.server.net;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the names of hosts mean anything here. Asks the resolver, so it may wait. */
public final class Names {
  private Names() {}

  public static boolean resolves(HostPort address) {
    return !new InetSocketAddress(address.host(), address.port()).isUnresolved();
  }

  /** The first of {@code addresses}, if none resolves; null if any does, or there is none. */
  public static @Nullable HostPort unresolved(List<HostPort> addresses) {
    return addresses.stream().anyMatch(Names::resolves) || addresses.isEmpty()
        ? null
        : addresses.getFirst();
  }
}
