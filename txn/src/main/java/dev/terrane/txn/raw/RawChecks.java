package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may be served at all, before anything is done. Stateless. */
final class RawChecks {
  private final ApiVersion storageVersion;
  private final RawCodec codec;
  private final RawLimits limits;

  RawChecks(ApiVersion storageVersion, RawCodec codec, RawLimits limits) {
    this.storageVersion = storageVersion;
    this.codec = codec;
    this.limits = limits;
  }

  @Nullable RawRejection context(RawContext context) {
    ApiVersion needed = storageVersion == ApiVersion.V2 ? ApiVersion.V2 : ApiVersion.V1;
    if (context.apiVersion() != needed) {
      ApiVersion requested = context.apiVersion();
      return new RawRejection.ApiVersionMismatch(
          storageVersion, requested == null ? "unknown" : requested.toString());
    }
    String family = context.columnFamily();
    return family.isEmpty() || family.equals("default")
        ? null
        : new RawRejection.UnknownColumnFamily();
  }

  @Nullable RawRejection key(Bytes key) {
    if (key.length() > limits.keyBytesMax()) {
      return new RawRejection.KeyTooLarge(key.length(), limits.keyBytesMax());
    }
    return codec.checkKey(key);
  }

  @Nullable RawRejection keys(List<Bytes> keys) {
    long bytes = 0;
    for (Bytes key : keys) {
      RawRejection rejection = key(key);
      if (rejection != null) {
        return rejection;
      }
      bytes += key.length();
    }
    return batch(bytes);
  }

  @Nullable RawRejection pair(RawPair pair) {
    RawRejection rejection = key(pair.key());
    return rejection != null ? rejection : value(pair.value());
  }

  @Nullable RawRejection pairs(List<RawPair> pairs) {
    long bytes = 0;
    for (RawPair pair : pairs) {
      RawRejection rejection = pair(pair);
      if (rejection != null) {
        return rejection;
      }
      bytes += (long) pair.key().length() + pair.value().length();
    }
    return batch(bytes);
  }

  @Nullable RawRejection value(Bytes value) {
    return value.length() > limits.valueBytesMax()
        ? new RawRejection.ValueTooLarge(value.length(), limits.valueBytesMax())
        : null;
  }

  private @Nullable RawRejection batch(long bytes) {
    return bytes > limits.batchBytesMax()
        ? new RawRejection.BatchTooLarge(bytes, limits.batchBytesMax())
        : null;
  }

  @Nullable RawRejection range(Bytes lower, Bytes upper) {
    long longest = Math.max(lower.length(), upper.length());
    // One more than a key: clients build exclusive bounds by appending a zero byte.
    if (longest > limits.keyBytesMax() + 1L) {
      return new RawRejection.KeyTooLarge(longest, limits.keyBytesMax());
    }
    return codec.checkRange(lower, upper);
  }

  @Nullable RawRejection ranges(List<ScanRange> ranges, boolean reverse) {
    for (ScanRange range : ranges) {
      RawRejection rejection =
          reverse ? range(range.end(), range.start()) : range(range.start(), range.end());
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }

  /** {@code limit} is the wire's unsigned number; so is the product with the number of ranges. */
  @Nullable RawRejection limit(long limit) {
    return limit > limits.scanLimitMax()
        ? new RawRejection.LimitTooLarge(limit, limits.scanLimitMax())
        : null;
  }

  /** {@code ttlSeconds} is the wire's unsigned number. */
  @Nullable RawRejection ttl(long ttlSeconds) {
    if (ttlSeconds == 0) {
      return null;
    }
    if (!storageVersion.hasTtl()) {
      return new RawRejection.TtlDisabled();
    }
    return ttlSeconds < 0 || ttlSeconds > RawCommands.TTL_SECONDS_MAX
        ? new RawRejection.TtlTooLarge(ttlSeconds)
        : null;
  }

  /** None, one for all, or one for each. */
  @Nullable RawRejection ttls(List<Long> ttls, int pairs) {
    if (ttls.size() > 1 && ttls.size() != pairs) {
      return new RawRejection.TtlCountMismatch(ttls.size(), pairs);
    }
    for (long ttl : ttls) {
      RawRejection rejection = ttl(ttl);
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }
}
