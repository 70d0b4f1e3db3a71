package dev.terrane.server.node;

import dev.terrane.common.TimeSource;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.http.StatusServer;
import dev.terrane.server.net.GrpcServer;
import dev.terrane.server.net.GrpcServers;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LateServices;
import dev.terrane.server.net.Names;
import dev.terrane.server.tikv.TikvService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node listens on. All of it is taken before anything else is done, so that a taken port is
 * found out while nothing has changed, and so that everybody can be told the ports.
 */
final class NodePorts implements AutoCloseable {
  private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final NodeConfig config;
  private final LateServices pdServices;
  private final LateServices storeServices;
  private final StatusServer status;
  private @Nullable GrpcServer pd;
  private @Nullable GrpcServer store;

  private NodePorts(NodeConfig config, GrpcServers servers, StatusServer status) {
    this.config = config;
    this.pdServices = servers.services();
    this.storeServices = servers.services();
    this.status = status;
  }

  /**
   * Listens wherever {@code config} says.
   *
   * @throws dev.terrane.server.net.AddressInUseException if somebody else listens there; nothing is
   *     listened on then
   */
  static NodePorts open(NodeConfig config, GrpcServers servers) throws IOException {
    refuseUnresolved("status address", config.statusAddress());
    if (config.isPd()) {
      refuseUnresolved("PD address", config.pdAddress());
    }
    if (config.isStore()) {
      refuseUnresolved("store address", config.storeAddress());
    }
    NodePorts ports =
        new NodePorts(
            config, servers, StatusServer.start(config.statusAddress(), servers.budget()));
    try {
      if (config.isPd()) {
        ports.pd = servers.start("PD address", config.pdAddress(), ports.pdServices, Set.of());
      }
      if (config.isStore()) {
        ports.store =
            servers.start(
                "store address",
                config.storeAddress(),
                ports.storeServices,
                TikvService.STREAMS_THAT_DRAIN);
      }
      return ports;
    } catch (IOException | RuntimeException e) {
      ports.close();
      throw e;
    }
  }

  private static void refuseUnresolved(String what, HostPort address) {
    if (!Names.resolves(address)) {
      throw new ConfigException(
          "cannot listen on %s (%s): the host '%s' does not resolve. Name an address of this machine"
              .formatted(address, what, address.host()));
    }
  }

  LateServices pdServices() {
    return pdServices;
  }

  LateServices storeServices() {
    return storeServices;
  }

  StatusServer status() {
    return status;
  }

  /** Where others find this node's PD. */
  HostPort pdAdvertised() {
    return advertised(config.pdAdvertised(), pd);
  }

  HostPort storeAdvertised() {
    return advertised(config.storeAdvertised(), store);
  }

  HostPort statusAdvertised() {
    return advertised(config.statusAdvertised(), status.port());
  }

  /** Port 0 where nobody listens: whatever the settings say would lead nowhere, or to others. */
  private static HostPort advertised(HostPort wanted, @Nullable GrpcServer server) {
    return server == null ? new HostPort(wanted.host(), 0) : advertised(wanted, server.port());
  }

  private static HostPort advertised(HostPort wanted, int listening) {
    return wanted.port() == 0 ? new HostPort(wanted.host(), listening) : wanted;
  }

  /**
   * Takes no new calls, ends streams, and gives the calls under way some time to be answered. Those
   * that take longer, as a write does that no quorum takes in, are answered when the store closes.
   */
  void drain(TimeSource time) {
    List<GrpcServer> servers = servers();
    servers.forEach(GrpcServer::drain);
    long deadline = time.nanoTime() + DRAIN_NANOS;
    for (GrpcServer server : servers) {
      boolean _ = server.awaitDrained(deadline - time.nanoTime());
    }
  }

  private List<GrpcServer> servers() {
    List<GrpcServer> servers = new ArrayList<>();
    if (pd != null) {
      servers.add(pd);
    }
    if (store != null) {
      servers.add(store);
    }
    return servers;
  }

  @Override
  public void close() {
    status.close();
    servers().forEach(GrpcServer::close);
  }
}
