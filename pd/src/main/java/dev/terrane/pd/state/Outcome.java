package dev.terrane.pd.state;

import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Barrier;
import dev.terrane.proto.terranepd.KeyMode;
import org.jspecify.annotations.Nullable;

/** What an applied command came to. The same at every member. */
public sealed interface Outcome {
  /** It holds. */
  record Done() implements Outcome {}

  /** It contradicts the state it met; nothing changed. */
  record Refused(ErrorType type, String text) implements Outcome {}

  /** There is no room for it; nothing changed. */
  static Refused outOfBounds(String text) {
    return new Refused(ErrorType.UNKNOWN, text);
  }

  /** These ids are taken. */
  record Ids(long first, long last) implements Outcome {}

  /** What holds now, which the first to ask decided. */
  record Mode(KeyMode mode) implements Outcome {}

  /**
   * A safe point, before and after.
   *
   * @param blocker what kept it from its target; empty if nothing did
   */
  record SafePoint(long before, long after, String blocker) implements Outcome {}

  /** The barrier that was set, or removed; null if there was none. */
  record BarrierIs(@Nullable Barrier barrier) implements Outcome {}

  /** An etcd record was written at this revision. */
  record Revision(long revision) implements Outcome {}

  Outcome DONE = new Done();
}
