package dev.terrane.client;

import dev.terrane.client.core.FakeCluster;
import dev.terrane.client.core.FakeServices;
import dev.terrane.proto.NotTaken;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** PD and store 1 of a {@link FakeCluster}, each on a port of its own. */
final class LoopbackCluster {
  private final FakeServices services = new FakeServices(new FakeCluster(false));
  private final Server pd;
  private final int storePort;
  private final Connections connections = new Connections();
  private Server store;
  private @Nullable Server moved;

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
    return builder(port)
        .addService(services.store(this::storeAddress))
        .addTransportFilter(connections)
        .build()
        .start();
  }

  /** Where it has been another store answers, which goes on. */
  void moveStore() throws IOException {
    int port = 0;
    while (port == 0 || port == storePort) {
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
    }
    String address = "127.0.0.1:" + port;
    moved = builder(port).addService(services.store(() -> address)).build().start();
    services.storeIsAt(1, address);
  }

  /** How many connections there are to the store where it was first. */
  int storeConnections() {
    return connections.open.get();
  }

  boolean lastStoreConnectionEnded(long timeout, TimeUnit unit) throws InterruptedException {
    return connections.ended.await(timeout, unit);
  }

  private static final class Connections extends ServerTransportFilter {
    private final AtomicInteger open = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public Attributes transportReady(Attributes attributes) {
      open.incrementAndGet();
      return attributes;
    }

    @Override
    public void transportTerminated(Attributes attributes) {
      if (open.decrementAndGet() == 0) {
        ended.countDown();
      }
    }
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

  /**
   * Where the store was, as a node listens before it has opened what it has on disk.
   *
   * @return what opens it, without a connection being lost
   */
  Runnable startStoreThatTakesNothing(Runnable onCall) throws IOException {
    AtomicBoolean opened = new AtomicBoolean();
    store =
        builder(storePort)
            .intercept(
                new ServerInterceptor() {
                  @Override
                  public <A, B> ServerCall.Listener<A> interceptCall(
                      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                    if (opened.get()) {
                      return next.startCall(call, headers);
                    }
                    onCall.run();
                    call.close(
                        Status.UNAVAILABLE.withDescription("server not started"),
                        NotTaken.trailers());
                    return new ServerCall.Listener<>() {};
                  }
                })
            .addService(services.store(this::storeAddress))
            .build()
            .start();
    return () -> opened.set(true);
  }

  void close() throws InterruptedException {
    stopStore();
    Server elsewhere = moved;
    if (elsewhere != null) {
      elsewhere.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    pd.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
