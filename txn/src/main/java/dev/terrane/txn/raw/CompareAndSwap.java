package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.WriteReply;
import dev.terrane.txn.latch.LatchMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sets or deletes one key if it has the value that is expected; null means that it has none. An
 * expired value counts as none.
 *
 * <p>Atomic because the exclusive latch keeps out every other write through this leader from before
 * the read until the swap is applied, and the stamp every other leader.
 */
final class CompareAndSwap extends PointRead<CompareAndSwapAnswer> {
  private final @Nullable Bytes expected;
  private final Mutations swap;
  private final LatchedReply<CompareAndSwapAnswer> reply;
  private @Nullable Bytes previous;

  CompareAndSwap(
      RawEnvironment environment,
      RawContext context,
      Bytes engineKey,
      @Nullable Bytes expected,
      Mutations swap,
      LatchedReply<CompareAndSwapAnswer> reply) {
    super(environment, context, ReadMode.LEADER, engineKey, reply);
    this.expected = expected;
    this.swap = swap;
    this.reply = reply;
  }

  void start() {
    reply.acquire(environment.latches().of(engineKey, LatchMode.EXCLUSIVE, this::read));
  }

  private void read() {
    environment.storage().read(region, ReadMode.LEADER, KeySpan.of(engineKey), this);
  }

  @Override
  void decide(@Nullable Bytes liveValue) {
    previous = liveValue == null ? null : environment.codec().userValue(liveValue);
    // Before anything is proposed: what has been swapped cannot be refused any more.
    if (previous != null && !(gathers(engineKey.length(), previous.length()) && hasRoom())) {
      return;
    }
    boolean asExpected = Objects.equals(expected, previous);
    if (!asExpected) {
      finish(new CompareAndSwapAnswer(false, previous));
      return;
    }
    DecisionStamp stamp = reader().stamp();
    close();
    environment.storage().write(region, KeySpan.of(engineKey), swap, stamp, swapReply());
  }

  private boolean hasRoom() {
    boolean room = takeRoom();
    if (!room) {
      refuse(RawEnvironment.NO_ROOM);
    }
    return room;
  }

  private WriteReply swapReply() {
    return new WriteReply() {
      @Override
      public void applied() {
        reply.answer(new CompareAndSwapAnswer(true, previous));
      }

      @Override
      public void refused(RegionError error) {
        reply.refused(error);
      }
    };
  }
}
