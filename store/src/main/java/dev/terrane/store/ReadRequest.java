package dev.terrane.store;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionReader;
import org.jspecify.annotations.Nullable;

/** One read that waits for a ReadIndex. Holds its credits until it is answered, exactly once. */
final class ReadRequest implements StoreMessage {
  /** What a waiting read takes of the credits. */
  static final long CREDIT_BYTES = 256;

  private final RegionContext context;
  private final ReadMode mode;
  private final @Nullable KeyRange keys;
  private final ReadReply reply;
  private final Credits credits;
  private long sinceNanos;

  ReadRequest(
      RegionContext context,
      ReadMode mode,
      @Nullable KeyRange keys,
      ReadReply reply,
      Credits credits) {
    this.context = context;
    this.mode = mode;
    this.keys = keys;
    this.reply = reply;
    this.credits = credits;
  }

  RegionContext context() {
    return context;
  }

  ReadMode mode() {
    return mode;
  }

  @Nullable KeyRange keys() {
    return keys;
  }

  /** When the loop took it up. */
  long sinceNanos() {
    return sinceNanos;
  }

  void sinceNanos(long nowNanos) {
    sinceNanos = nowNanos;
  }

  void ready(RegionReader reader) {
    credits.giveBack(CREDIT_BYTES);
    reply.ready(reader);
  }

  void refused(RegionError error) {
    credits.giveBack(CREDIT_BYTES);
    reply.refused(error);
  }
}
