package dev.terrane.client.core;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which addresses somebody may yet call: members of PD and stores, which may share one. What nobody
 * holds any more is released by the transport, so that it keeps no connection to where a store or a
 * member has been.
 */
final class Addresses {
  private final Transport transport;
  private final Map<String, Integer> holdersByAddress = new LinkedHashMap<>();

  Addresses(Transport transport) {
    this.transport = transport;
  }

  /** One more holder of {@code address}, who will {@link #letGo} of it. */
  void hold(String address) {
    holdersByAddress.merge(address, 1, Integer::sum);
  }

  void letGo(String address) {
    if (holdersByAddress.computeIfPresent(
            address, (held, holders) -> holders == 1 ? null : holders - 1)
        == null) {
      transport.release(address);
    }
  }
}
