package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.engine.KvReader;
import java.util.ArrayList;
import java.util.List;

/** The pairs of those keys that have a value, in the request's order. */
final class BatchGet extends RegionRead<List<RawPair>> {
  private static final int KEYS_PER_SLICE = 256;
  private static final int BYTES_PER_SLICE = 1 << 20;

  private final List<Bytes> userKeys;
  private final List<Bytes> engineKeys;
  private final List<RawPair> pairs = new ArrayList<>();
  private int next;

  BatchGet(
      RawEnvironment environment,
      RawContext context,
      List<Bytes> userKeys,
      List<Bytes> engineKeys,
      RawReply<List<RawPair>> reply) {
    super(environment, context, context.readMode(), reply);
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
        RawPair pair = new RawPair(userKeys.get(next), environment.codec().userValue(stored));
        if (!gathers(pair.key(), pair.value())) {
          return;
        }
        pairs.add(pair);
        bytes += stored.length();
      }
      next++;
    }
    if (next == engineKeys.size()) {
      finish(pairs);
    } else {
      nextSlice();
    }
  }

  @Override
  void forget() {
    pairs.clear();
  }
}
