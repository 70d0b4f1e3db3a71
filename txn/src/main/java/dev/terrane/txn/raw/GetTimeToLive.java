package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import org.jspecify.annotations.Nullable;

/** What is left of one key's life, or null if there is no such key. */
final class GetTimeToLive extends PointRead<@Nullable TimeToLive> {
  GetTimeToLive(
      RawEnvironment environment,
      RawContext context,
      Bytes engineKey,
      RawReply<@Nullable TimeToLive> reply) {
    super(environment, context, context.readMode(), engineKey, reply);
  }

  @Override
  void decide(@Nullable Bytes liveValue) {
    if (liveValue == null) {
      finish(null);
      return;
    }
    long expiry = environment.codec().expirySeconds(liveValue);
    // The clock may have moved on since the value was found alive; 0 would mean that it never ends.
    long now = environment.nowSeconds();
    finish(
        new TimeToLive(
            expiry == 0 ? 0 : Long.compareUnsigned(expiry, now) <= 0 ? 1 : expiry - now));
  }
}
