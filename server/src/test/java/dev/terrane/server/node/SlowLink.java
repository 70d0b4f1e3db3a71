package dev.terrane.server.node;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Ports of loopback behind which others are, over one link of so many bytes a second there. */
final class SlowLink implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 << 10;
  private static final int WAITING_BYTES = 128 << 10;

  private final long bytesPerSecond;
  private final List<Closeable> open = new ArrayList<>(); // guarded by itself
  private long freeAtNanos = System.nanoTime();

  SlowLink(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  /** The port by which {@code port} is reached over the link. */
  int to(int port) throws IOException {
    ServerSocket listening = keep(new ServerSocket());
    listening.setReceiveBufferSize(WAITING_BYTES);
    listening.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(() -> accept(listening, port));
    return listening.getLocalPort();
  }

  private <T extends Closeable> T keep(T closeable) {
    synchronized (open) {
      open.add(closeable);
    }
    return closeable;
  }

  private void accept(ServerSocket listening, int port) {
    try {
      while (true) {
        Socket from = keep(listening.accept());
        Socket to = keep(new Socket(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual().start(() -> copy(from, to, true));
        Thread.ofVirtual().start(() -> copy(to, from, false));
      }
    } catch (IOException closed) {
      // The test is over, or nobody listens there yet: who comes again is served.
      if (!listening.isClosed()) {
        accept(listening, port);
      }
    }
  }

  private void copy(Socket from, Socket to, boolean overTheLink) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        if (overTheLink) {
          waitFor(length);
        }
        out.write(buffer, 0, length);
      }
    } catch (IOException over) {
      // Both ends are closed.
    }
  }

  private void waitFor(int bytes) {
    long untilNanos;
    synchronized (this) {
      long now = System.nanoTime();
      long fromNanos = Math.max(freeAtNanos, now);
      freeAtNanos = fromNanos + bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
      untilNanos = freeAtNanos;
    }
    while (untilNanos - System.nanoTime() > 0) {
      LockSupport.parkNanos(untilNanos - System.nanoTime());
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (open) {
      for (Closeable one : open) {
        one.close();
      }
    }
  }
}
