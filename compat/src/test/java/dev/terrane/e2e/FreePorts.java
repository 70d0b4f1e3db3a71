package dev.terrane.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Ports nobody listens on. They are let go before they are used, so that another process could take
 * one: for addresses that must be known before a node starts and stay the same when it restarts.
 */
final class FreePorts {
  private FreePorts() {}

  /** {@code count} different ports. */
  static List<Integer> take(int count) {
    List<Integer> ports = new ArrayList<>();
    try {
      holdWhileTaking(count, ports);
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
    return ports;
  }

  /** Each port is held until all are taken, so that none is found twice. */
  private static void holdWhileTaking(int count, List<Integer> ports) throws IOException {
    if (count == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ports.add(socket.getLocalPort());
      holdWhileTaking(count - 1, ports);
    }
  }
}
