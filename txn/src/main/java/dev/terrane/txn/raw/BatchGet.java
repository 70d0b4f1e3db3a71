package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pairs of those keys that have a value, in the request's order. */
final class BatchGet extends RegionRead<List<RawPair>> {
  private static final int KEYS_PER_SLICE = 256;

  private final List<Bytes> userKeys;
  private final List<Bytes> engineKeys;
  private final List<RawPair> pairs = new ArrayList<>();
  private int next;
  private long answerBytes;

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

  @Override
  void slice() {
    int end = Math.min(next + KEYS_PER_SLICE, engineKeys.size());
    List<@Nullable Bytes> values =
        reader().latest().multiGet(family, engineKeys.subList(next, end));
    for (int i = next; i < end; i++) {
      Bytes value = live(engineKeys.get(i), values.get(i - next));
      if (value != null) {
        RawPair pair = new RawPair(userKeys.get(i), environment.codec().userValue(value));
        answerBytes += (long) pair.key().length() + pair.value().length();
        pairs.add(pair);
      }
    }
    next = end;
    if (answerBytes > environment.limits().answerBytesMax()) {
      reject(new RawRejection.AnswerTooLarge(environment.limits().answerBytesMax()));
    } else if (next == engineKeys.size()) {
      finish(pairs);
    } else {
      nextSlice();
    }
  }
}
