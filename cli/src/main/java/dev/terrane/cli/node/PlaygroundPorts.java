package dev.terrane.cli.node;

import dev.terrane.server.net.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the nodes of a playground listen: on TiKV's ports and those above them, where they are
 * free, and on any free ones where they are not. A port that was asked for is taken as it is.
 */
final class PlaygroundPorts {
  /** PD's neighbour, 2380, is etcd's for its own members; every other port keeps clear of it. */
  private static final int PD_STEP = 2;

  /** The addresses of one node; port 0 stands for any free one. */
  record Addresses(HostPort pd, HostPort store, HostPort status) {}

  private final int pd;
  private final int store;
  private final int status;
  private final List<Integer> taken = new ArrayList<>();

  PlaygroundPorts() {
    this(2379, 20160, 20180);
  }

  /** Other ports for the first node; those of the others are above them. */
  PlaygroundPorts(int pd, int store, int status) {
    this.pd = pd;
    this.store = store;
    this.status = status;
  }

  /**
   * The addresses of node {@code index}, from 0.
   *
   * @param pdPort the first node's PD port if one was asked for, else negative
   */
  Addresses of(int index, int pdPort) {
    int asked = index == 0 && pdPort >= 0 ? pdPort : freeOrAny(pd + PD_STEP * index, pdPort);
    return new Addresses(
        loopback(asked),
        loopback(freeOrAny(store + index, pdPort)),
        loopback(freeOrAny(status + index, pdPort)));
  }

  /** Default ports that somebody else listens on, so that others are used. */
  List<Integer> taken() {
    return List.copyOf(taken);
  }

  /** Who asks for any PD port (0) does not care about the others either. */
  private int freeOrAny(int port, int pdPort) {
    if (pdPort == 0) {
      return 0;
    }
    if (isFree(port)) {
      return port;
    }
    taken.add(port);
    return 0;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the servers do: a port that only lingers from the last run is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static HostPort loopback(int port) {
    return new HostPort("127.0.0.1", port);
  }
}
