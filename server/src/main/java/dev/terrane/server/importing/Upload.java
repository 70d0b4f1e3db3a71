package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import dev.terrane.txn.raw.RawPair;
import java.util.List;

/** What one stream has uploaded: steps to be taken in order. */
record Upload(List<Step> steps, long bytes) {
  Upload {
    steps = List.copyOf(steps);
  }

  /** One batch write. */
  sealed interface Step {
    /** All pairs have one time to live; 0 is none. */
    record Put(List<RawPair> pairs, long ttlSeconds) implements Step {}

    record Delete(List<Bytes> keys) implements Step {}
  }
}
