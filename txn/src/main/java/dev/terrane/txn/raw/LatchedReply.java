package dev.terrane.txn.raw;

import dev.terrane.common.Invariant;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.txn.latch.Latch;
import dev.terrane.txn.latch.Latches;
import org.jspecify.annotations.Nullable;

/** Releases a command's latch, then passes its outcome on. */
final class LatchedReply<T extends @Nullable Object> implements RawReply<T> {
  private final Latches latches;
  private final RawReply<T> reply;
  private @Nullable Latch latch;

  LatchedReply(Latches latches, RawReply<T> reply) {
    this.latches = latches;
    this.reply = reply;
  }

  /** Acquires {@code newLatch}, which continues the command, or refuses the command. */
  void acquire(Latch newLatch) {
    latch = newLatch;
    if (!latches.acquire(newLatch)) {
      reply.refused(RawEnvironment.TOO_MANY_LATCHED);
    }
  }

  @Override
  public Charge answerCharge() {
    return reply.answerCharge();
  }

  @Override
  public void answer(T value) {
    release();
    reply.answer(value);
  }

  @Override
  public void refused(RegionError error) {
    release();
    reply.refused(error);
  }

  @Override
  public void rejected(RawRejection rejection) {
    release();
    reply.rejected(rejection);
  }

  private void release() {
    Latch held = latch;
    if (held == null) {
      throw Invariant.violated("a command without a latch has an outcome");
    }
    latches.release(held);
  }
}
