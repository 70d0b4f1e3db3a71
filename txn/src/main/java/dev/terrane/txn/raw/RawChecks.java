package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may be served at all, before anything is done. Stateless. */
final class RawChecks {
  /** Each range of a scan or checksum costs a search of its own, also when it is empty. */
  static final int RANGES_MAX = 10_240;

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
    if (storageVersion == ApiVersion.V2 && !family.isEmpty()) {
      return new RawRejection.NamedColumnFamily();
    }
    return RawContext.family(family) == null ? new RawRejection.UnknownColumnFamily() : null;
  }

  @Nullable RawRejection key(Bytes key) {
    if (key.length() > limits.keyBytesMax()) {
      return new RawRejection.KeyTooLarge(key.length(), limits.keyBytesMax());
    }
    return codec.checkKey(key);
  }

  @Nullable RawRejection items(int count) {
    return count > limits.batchItemsMax()
        ? new RawRejection.TooManyItems(count, limits.batchItemsMax())
        : null;
  }

  @Nullable RawRejection rangeCount(int count) {
    return count > RANGES_MAX ? new RawRejection.TooManyRanges(count, RANGES_MAX) : null;
  }

  @Nullable RawRejection keys(List<Bytes> keys) {
    RawRejection tooMany = items(keys.size());
    if (tooMany != null) {
      return tooMany;
    }
    for (Bytes key : keys) {
      RawRejection rejection = key(key);
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }

  /** Of keys that are only read. */
  @Nullable RawRejection keysToRead(List<Bytes> keys) {
    RawRejection rejection = keys(keys);
    if (rejection != null) {
      return rejection;
    }
    long bytes = bytesOf(keys);
    return bytes > limits.batchBytesMax()
        ? new RawRejection.BatchTooLarge(bytes, limits.batchBytesMax())
        : null;
  }

  @Nullable RawRejection keysOf(List<RawPair> pairs) {
    RawRejection tooMany = items(pairs.size());
    if (tooMany != null) {
      return tooMany;
    }
    for (RawPair pair : pairs) {
      RawRejection rejection = key(pair.key());
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }

  // ---- what is too large to be replicated; a Region's error on the wire

  @Nullable RegionError size(RawContext context, RawPair pair) {
    return size(context, pair.value().length(), limits.valueBytesMax());
  }

  @Nullable RegionError size(RawContext context, List<RawPair> pairs) {
    long bytes = 0;
    for (RawPair pair : pairs) {
      RegionError tooLarge = size(context, pair);
      if (tooLarge != null) {
        return tooLarge;
      }
      bytes += (long) pair.key().length() + pair.value().length();
    }
    return size(context, bytes, limits.batchBytesMax());
  }

  @Nullable RegionError sizeOfKeys(RawContext context, List<Bytes> keys) {
    return size(context, bytesOf(keys), limits.batchBytesMax());
  }

  private static @Nullable RegionError size(RawContext context, long bytes, long bytesMax) {
    return bytes > bytesMax
        ? new RegionError.RaftEntryTooLarge(context.region().regionId(), bytes, bytesMax)
        : null;
  }

  private static long bytesOf(List<Bytes> keys) {
    long bytes = 0;
    for (Bytes key : keys) {
      bytes += key.length();
    }
    return bytes;
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
    RawRejection tooMany = rangeCount(ranges.size());
    if (tooMany != null) {
      return tooMany;
    }
    for (ScanRange range : ranges) {
      RawRejection rejection =
          reverse ? range(range.end(), range.start()) : range(range.start(), range.end());
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }

  /**
   * Of several scans at once each must go somewhere: one that ends before it begins may have had
   * its end from the next one's start, and would leave out what was asked for.
   */
  @Nullable RawRejection directions(List<ScanRange> ranges, boolean reverse) {
    for (ScanRange range : ranges) {
      Bytes lower = reverse ? range.end() : range.start();
      Bytes upper = reverse ? range.start() : range.end();
      if (!upper.isEmpty() && lower.compareTo(upper) >= 0) {
        return new RawRejection.RangeEndsBeforeItStarts();
      }
    }
    return null;
  }

  /** {@code limit} is the wire's unsigned number. */
  @Nullable RawRejection limit(long limit) {
    return limit > limits.scanLimitMax()
        ? new RawRejection.LimitTooLarge(limit, limits.scanLimitMax())
        : null;
  }

  /** Any life is granted where there are any; {@code ttlSeconds} is unsigned. */
  @Nullable RawRejection ttl(long ttlSeconds) {
    return ttlSeconds == 0 || storageVersion.hasTtl() ? null : new RawRejection.TtlDisabled();
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
