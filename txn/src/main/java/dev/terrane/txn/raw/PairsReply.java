package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.RowValue;

/**
 * Takes the pairs of an answer one by one as they are read, in their order and by one thread at a
 * time, and after the last of them how the command ended. The command keeps none of them: where
 * they are until they are sent is for whoever takes them to decide.
 */
public interface PairsReply extends RawReply<Done> {
  /** One more pair; the value is empty where only keys were asked for. Must not block or throw. */
  void pair(Bytes key, Bytes value);

  /** One more pair, whose value is not read yet; returns how long it is. Must not block. */
  int pair(Bytes key, RowValue value);

  /** There will be no answer: what has been taken is let go, before the command's end is told. */
  void forget();
}
