package dev.terrane.client;

import dev.terrane.client.core.FakeCluster;
import dev.terrane.client.core.FakeServices;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** PD and store 1 of a {@link FakeCluster}, each on a port of its own. */
final class LoopbackCluster {
  private final FakeServices services = new FakeServices(new FakeCluster(false));
  private final Server pd;
  private final int storePort;
  private Server store;

  LoopbackCluster() throws IOException {
    NettyServerBuilder builder = builder(0);
    services.pd(this::pdAddress).forEach(builder::addService);
    pd = builder.build().start();
    store = startStore(0);
    storePort = store.getPort();
    services.pdIsAt(pdAddress());
    services.storeIsAt(1, storeAddress());
    // Nobody is there: port 1 is not given out.
    services.storeIsAt(2, "127.0.0.1:1");
    services.storeIsAt(3, "127.0.0.1:1");
  }

  private static NettyServerBuilder builder(int port) {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .permitKeepAliveTime(1, TimeUnit.SECONDS);
  }

  private Server startStore(int port) throws IOException {
    return builder(port).addService(services.store(this::storeAddress)).build().start();
  }

  String pdAddress() {
    return "127.0.0.1:" + pd.getPort();
  }

  private String storeAddress() {
    return "127.0.0.1:" + storePort;
  }

  FakeServices services() {
    return services;
  }

  void stopStore() throws InterruptedException {
    store.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  /** On the port that it had. */
  void restartStore() throws IOException {
    store = startStore(storePort);
  }

  void close() throws InterruptedException {
    stopStore();
    pd.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
