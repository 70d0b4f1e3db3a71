package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import org.jspecify.annotations.Nullable;

/** The value of one key, or null. */
final class Get extends PointRead<@Nullable Bytes> {
  Get(
      RawEnvironment environment,
      RawContext context,
      Bytes engineKey,
      RawReply<@Nullable Bytes> reply) {
    super(environment, context, context.readMode(), engineKey, reply);
  }

  @Override
  void decide(@Nullable Bytes liveValue) {
    if (liveValue == null) {
      finish(null);
      return;
    }
    Bytes value = environment.codec().userValue(liveValue);
    if (gathers(engineKey.length(), value.length())) {
      finish(value);
    }
  }
}
