package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionReader;
import org.jspecify.annotations.Nullable;

/**
 * One read command on its way: permission to read, then {@link #begin} on whichever thread brought
 * the permission, then as many {@link #slice}s on the read pool as it asks for, then the recheck
 * and the reply. Ends through exactly one of {@link #finish}, {@link #refuse}, {@link #reject}.
 *
 * <p>Touched by one thread at a time: each step hands it to the next.
 */
abstract class RegionRead<T extends @Nullable Object> implements ReadReply, Runnable {
  /** What a pair takes in memory and on the wire beside its bytes. */
  private static final int PAIR_BYTES = 160;

  /** Taken from the budget at a time: it is shared by all threads. */
  private static final int TAKEN_AT_ONCE_BYTES = 16 << 10;

  final RawEnvironment environment;
  final RegionContext region;
  final ColumnFamily family;
  private final ReadMode mode;
  private final Deadline deadline;
  private final RawReply<T> reply;

  private @Nullable RegionReader reader;
  private @Nullable ExpiredKeys expired;
  private long answerBytes;
  private long untakenBytes;

  RegionRead(RawEnvironment environment, RawContext context, ReadMode mode, RawReply<T> reply) {
    this.environment = environment;
    this.region = context.region();
    this.family = context.family();
    this.mode = mode;
    this.deadline = environment.deadline(context);
    this.reply = reply;
  }

  /** Starts reading; must not wait for the disk. */
  abstract void begin();

  /** Goes on reading for a bounded time; may wait for the disk. */
  abstract void slice();

  /** Closes what the command itself has opened; before the reader is closed. */
  void release() {}

  @Override
  public final void ready(RegionReader newReader) {
    reader = newReader;
    step(this::begin);
  }

  @Override
  public final void refused(RegionError error) {
    reply.refused(error);
  }

  @Override
  public final void run() {
    step(this::slice);
  }

  private void step(Runnable part) {
    if (deadline.isOver()) {
      refuse(Deadline.EXCEEDED);
      return;
    }
    try {
      part.run();
    } catch (RuntimeException e) {
      environment.failures().accept(e);
      reject(new RawRejection.StorageFailed(String.valueOf(e.getMessage())));
    }
  }

  final RegionReader reader() {
    if (reader == null) {
      throw Invariant.violated("read without permission");
    }
    return reader;
  }

  /** Goes on in {@link #slice} on the read pool, or ends with ServerIsBusy. */
  final void toReadPool() {
    if (!environment.readPool().submit(this)) {
      refuse(RawEnvironment.TOO_MANY_READS);
    }
  }

  final void nextSlice() {
    environment.readPool().resume(this);
  }

  /** {@code engineValue} unless it is expired; remembers an expired one for cleaning up. */
  final @Nullable Bytes live(Bytes engineKey, @Nullable Bytes engineValue) {
    if (engineValue == null || !environment.isExpired(engineValue)) {
      return engineValue;
    }
    if (expired == null) {
      expired = new ExpiredKeys(family);
    }
    expired.add(engineKey, environment.codec().expirySuffix(engineValue));
    return null;
  }

  /**
   * Counts a pair of the answer, before more is gathered.
   *
   * @return false if the answer has become too large, or there is no room for it: the command has
   *     been ended
   */
  final boolean gathers(int keyLength, int valueLength) {
    long bytes = (long) keyLength + valueLength;
    answerBytes += bytes;
    if (answerBytes > environment.limits().answerBytesMax()) {
      reject(new RawRejection.AnswerTooLarge(environment.limits().answerBytesMax()));
      return false;
    }
    untakenBytes += bytes + PAIR_BYTES;
    if (untakenBytes >= TAKEN_AT_ONCE_BYTES && !takeRoom()) {
      refuse(RawEnvironment.NO_ROOM);
      return false;
    }
    return true;
  }

  /** Takes what has been gathered since the last time of the budget; whether there was room. */
  final boolean takeRoom() {
    long bytes = untakenBytes;
    untakenBytes = 0;
    return bytes == 0 || reply.answerCharge().take(bytes);
  }

  final void finish(T answer) {
    RegionError error = takeRoom() ? reader().recheck() : RawEnvironment.NO_ROOM;
    if (error != null) {
      refuse(error);
      return;
    }
    close();
    reply.answer(answer);
    if (expired != null && mode == ReadMode.LEADER) {
      expired.handTo(environment.cleaner(), region);
    }
  }

  final void refuse(RegionError error) {
    giveUp();
    reply.refused(error);
  }

  final void reject(RawRejection rejection) {
    giveUp();
    reply.rejected(rejection);
  }

  private void giveUp() {
    close();
    forget();
    reply.answerCharge().giveAllBack();
  }

  /** Lets go of what has been gathered: there is no answer. */
  void forget() {}

  /** Gives the reader back early, when the command goes on as a write. */
  final void close() {
    if (reader != null) {
      RegionReader closing = reader;
      reader = null;
      release();
      closing.close();
    }
  }
}
