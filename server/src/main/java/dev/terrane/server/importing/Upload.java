package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import dev.terrane.txn.raw.RawPair;
import java.util.List;

/**
 * What one stream has uploaded: steps to be taken in order.
 *
 * @param bytes that it takes in memory
 */
record Upload(List<Step> steps, long bytes) {
  /** What a pair takes in memory beside its bytes. */
  static final int PAIR_BYTES = 160;

  /** The same of an upload, be it empty. */
  static final int UPLOAD_BYTES = 1 << 10;

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
