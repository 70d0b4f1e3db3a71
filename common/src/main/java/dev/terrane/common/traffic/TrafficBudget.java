package dev.terrane.common.traffic;

import dev.terrane.common.Invariant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that one node may hold for others, whoever they are and whatever for. They are taken
 * through {@link Charge}s, before or while memory fills, and given back when the memory is free: an
 * answer's when its bytes have left for the socket, or nobody wants it any more.
 *
 * <p>Invariant: between 0 and {@link #bytesMax} are taken.
 *
 * <p>Nobody waits here: what does not fit is refused, and whoever is refused gives back all that it
 * has gathered. So several that have gathered a part each never wait for one another; the last of
 * them has room again.
 *
 * <p>Thread-safe.
 */
public final class TrafficBudget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private volatile Runnable whenRefused = () -> {};

  public TrafficBudget(long bytesMax) {
    Invariant.check(bytesMax > 0, "a budget of %d bytes", bytesMax);
    this.bytesMax = bytesMax;
  }

  /** Has {@code action} run whenever there was no room, by whoever was refused; must not block. */
  public void whenRefused(Runnable action) {
    whenRefused = action;
  }

  /** A new charge, of nothing yet. */
  public Charge open(Traffic traffic) {
    return open(traffic, 0);
  }

  /** The same for somebody who already holds {@code besideBytes} under other charges. */
  public Charge open(Traffic traffic, long besideBytes) {
    return new Charge(this, traffic, besideBytes);
  }

  boolean take(Traffic traffic, long bytes, long chargeBytes) {
    long limit = traffic.limit(bytesMax, chargeBytes);
    for (long before = taken.get(); bytes <= limit - before; before = taken.get()) {
      if (taken.compareAndSet(before, before + bytes)) {
        return true;
      }
    }
    refusals.incrementAndGet();
    whenRefused.run();
    return false;
  }

  void giveBack(long bytes) {
    long left = taken.addAndGet(-bytes);
    Invariant.check(left >= 0, "%d bytes more were given back than taken", -left);
  }

  /** The most that one charge of a client can ever take. */
  public long largeBytesMax() {
    return Traffic.large(bytesMax);
  }

  public long bytesMax() {
    return bytesMax;
  }

  /** What is taken now. */
  public long taken() {
    return taken.get();
  }

  /** How often there was no room. */
  public long refusals() {
    return refusals.get();
  }
}
