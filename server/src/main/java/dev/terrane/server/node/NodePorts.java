package dev.terrane.server.node;

import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.http.StatusServer;
import dev.terrane.server.net.GrpcServers;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LateServices;
import io.grpc.Server;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node listens on. All of it is taken before anything else is done, so that a taken port is
 * found out while nothing has changed, and so that everybody can be told the ports.
 */
final class NodePorts implements AutoCloseable {
  private static final long DRAIN_SECONDS = 5;

  private final NodeConfig config;
  private final LateServices pdServices = new LateServices();
  private final LateServices storeServices = new LateServices();
  private final StatusServer status;
  private @Nullable Server pd;
  private @Nullable Server store;

  private NodePorts(NodeConfig config, StatusServer status) {
    this.config = config;
    this.status = status;
  }

  /**
   * Listens wherever {@code config} says.
   *
   * @throws dev.terrane.server.net.AddressInUseException if somebody else listens there; nothing is
   *     listened on then
   */
  static NodePorts open(NodeConfig config, GrpcServers servers) throws IOException {
    NodePorts ports = new NodePorts(config, StatusServer.start(config.statusAddress()));
    try {
      if (config.isPd()) {
        ports.pd = servers.start("PD address", config.pdAddress(), ports.pdServices);
      }
      if (config.isStore()) {
        ports.store = servers.start("store address", config.storeAddress(), ports.storeServices);
      }
      return ports;
    } catch (IOException | RuntimeException e) {
      ports.close();
      throw e;
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
    return advertised(config.pdAdvertised(), pd == null ? 0 : pd.getPort());
  }

  HostPort storeAdvertised() {
    return advertised(config.storeAdvertised(), store == null ? 0 : store.getPort());
  }

  HostPort statusAdvertised() {
    return advertised(config.statusAdvertised(), status.port());
  }

  private static HostPort advertised(HostPort wanted, int listening) {
    return wanted.port() == 0 ? new HostPort(wanted.host(), listening) : wanted;
  }

  /** Takes no new calls, and gives those under way some time to end. */
  void drain() {
    if (pd != null) {
      pd.shutdown();
    }
    if (store != null) {
      store.shutdown();
    }
    await(store);
    await(pd);
  }

  private static void await(@Nullable Server server) {
    try {
      if (server != null && !server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    status.close();
    for (Server server : new Server[] {pd, store}) {
      if (server != null) {
        server.shutdownNow();
        await(server);
      }
    }
  }
}
