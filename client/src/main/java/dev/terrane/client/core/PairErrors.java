package dev.terrane.client.core;

import dev.terrane.proto.kvrpcpb.KeyError;
import dev.terrane.proto.kvrpcpb.KvPair;
import java.util.List;

/** Scans and batch reads have no field for an error; stores put it into a pair. */
final class PairErrors {
  private PairErrors() {}

  /** The text of the first error among {@code pairs}; empty if there is none. */
  static String first(List<KvPair> pairs) {
    for (KvPair pair : pairs) {
      if (pair.hasError()) {
        KeyError error = pair.getError();
        if (!error.getAbort().isEmpty()) {
          return error.getAbort();
        }
        return error.getRetryable().isEmpty() ? "error in a pair: " + error : error.getRetryable();
      }
    }
    return "";
  }
}
