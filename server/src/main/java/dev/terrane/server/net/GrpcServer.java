package dev.terrane.server.net;

import io.grpc.Server;
import java.util.concurrent.TimeUnit;

/** A gRPC server that listens. */
public final class GrpcServer implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final Server server;
  private final OpenStreams streams;

  GrpcServer(Server server, OpenStreams streams) {
    this.server = server;
    this.streams = streams;
  }

  public int port() {
    return server.getPort();
  }

  /**
   * Takes no new calls, and ends the streams that would never end. Calls that were made before are
   * still answered.
   */
  public void drain() {
    server.shutdown();
    streams.endAll();
  }

  /** Waits until every call is answered after {@link #drain}; whether that is so in time. */
  public boolean awaitDrained(long timeoutNanos) {
    try {
      return server.awaitTermination(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What is under way fails as UNAVAILABLE. */
  @Override
  public void close() {
    server.shutdownNow();
    awaitDrained(TimeUnit.SECONDS.toNanos(CLOSE_SECONDS));
  }
}
