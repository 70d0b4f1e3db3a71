package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.KvReader;
import java.util.List;

/** The pairs of those keys that have a value, in the request's order. */
final class BatchGet extends RegionRead<Done> {
  private static final int KEYS_PER_SLICE = 256;
  private static final int BYTES_PER_SLICE = 1 << 20;

  private final List<Bytes> userKeys;
  private final List<Bytes> engineKeys;
  private final PairsReply pairs;
  private int next;

  BatchGet(
      RawEnvironment environment,
      RawContext context,
      List<Bytes> userKeys,
      List<Bytes> engineKeys,
      PairsReply pairs) {
    super(environment, context, context.readMode(), pairs);
    this.pairs = pairs;
    this.userKeys = userKeys;
    this.engineKeys = engineKeys;
  }

  @Override
  void begin() {
    toReadPool();
  }

  /** One by one: together, a few keys could have more in their values than there is memory. */
  @Override
  void slice() {
    KvReader latest = reader().latest();
    long bytes = 0;
    int end = Math.min(next + KEYS_PER_SLICE, engineKeys.size());
    while (next < end && bytes < BYTES_PER_SLICE) {
      Bytes engineKey = engineKeys.get(next);
      Bytes stored = live(engineKey, latest.get(family, engineKey));
      if (stored != null) {
        Bytes key = userKeys.get(next);
        Bytes value = environment.codec().userValue(stored);
        if (!gathers(key.length(), value.length())) {
          return;
        }
        pairs.pair(key, value);
        bytes += stored.length();
      }
      next++;
    }
    if (next == engineKeys.size()) {
      finish(Done.DONE);
    } else {
      nextSlice();
    }
  }

  @Override
  void forget() {
    pairs.forget();
  }
}
