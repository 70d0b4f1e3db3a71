package dev.terrane.client;

import dev.terrane.client.grpc.ClientLoop;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many operations are under way. A caller past the bound waits for one to end. On the
 * client's own thread, where waiting would stop the very work that it waits for, operations are
 * admitted past the bound: each follows one that has just ended.
 */
final class Admission {
  private final Overdrawable permits;
  private final ClientLoop loop;
  private final long patienceNanos;
  private final int outstandingMax;

  Admission(int outstandingMax, Duration patience, ClientLoop loop) {
    this.permits = new Overdrawable(outstandingMax);
    this.outstandingMax = outstandingMax;
    this.patienceNanos = patience.toNanos();
    this.loop = loop;
  }

  /**
   * Takes the place that {@link #release} gives back.
   *
   * @throws ClientBusyException if none becomes free in time, or the caller is interrupted
   */
  void acquire() {
    if (permits.tryAcquire()) {
      return;
    }
    if (loop.isCurrent()) {
      permits.overdraw();
      return;
    }
    try {
      if (permits.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ClientBusyException(outstandingMax + " operations are under way already");
  }

  /** Refuses to wait on the thread whose work would be waited for. */
  void checkMayWait() {
    if (loop.isCurrent()) {
      throw new IllegalStateException(
          "a waiting call on the client's own thread would wait for itself; use the future");
    }
  }

  void release() {
    permits.release();
  }

  /** A semaphore that can go below zero; {@code reducePermits} is for subclasses only. */
  private static final class Overdrawable extends Semaphore {
    private static final long serialVersionUID = 1;

    Overdrawable(int permits) {
      super(permits);
    }

    void overdraw() {
      reducePermits(1);
    }
  }
}
