package dev.terrane.txn.raw;

/**
 * Why a raw request can never be served as it is. Nothing was done. No message contains a key or a
 * value.
 */
public sealed interface RawRejection {
  /** For the {@code error} field of a response. */
  String message();

  record KeyTooLarge(long bytes, long bytesMax) implements RawRejection {
    @Override
    public String message() {
      return "key is " + bytes + " bytes, more than the limit of " + bytesMax;
    }
  }

  record ValueTooLarge(long bytes, long bytesMax) implements RawRejection {
    @Override
    public String message() {
      return "value is " + bytes + " bytes, more than the limit of " + bytesMax;
    }
  }

  record BatchTooLarge(long bytes, long bytesMax) implements RawRejection {
    @Override
    public String message() {
      return "batch is " + bytes + " bytes, more than the limit of " + bytesMax;
    }
  }

  record LimitTooLarge(long limit, long limitMax) implements RawRejection {
    @Override
    public String message() {
      return "scan limit is " + limit + ", more than the largest, " + limitMax;
    }
  }

  /** A scan must return all it was asked for, so it cannot be cut short either. */
  record AnswerTooLarge(long bytesMax) implements RawRejection {
    @Override
    public String message() {
      return "the answer would be larger than " + bytesMax + " bytes; ask for fewer pairs";
    }
  }

  record TtlDisabled() implements RawRejection {
    @Override
    public String message() {
      return "ttl is not enabled: storage.api-version is 1 and storage.enable-ttl is false";
    }
  }

  record TtlTooLarge(long ttlSeconds) implements RawRejection {
    @Override
    public String message() {
      return "ttl of " + Long.toUnsignedString(ttlSeconds) + " seconds is out of range";
    }
  }

  record TtlCountMismatch(int ttls, int pairs) implements RawRejection {
    @Override
    public String message() {
      return ttls + " ttls for " + pairs + " pairs; give none, one for all, or one for each";
    }
  }

  record ApiVersionMismatch(ApiVersion storage, String requested) implements RawRejection {
    @Override
    public String message() {
      return "api version of the request, "
          + requested
          + ", does not fit that of the storage, "
          + storage;
    }
  }

  record KeyModeMismatch() implements RawRejection {
    @Override
    public String message() {
      return "a raw key of api version V2 begins with 'r' and a three-byte keyspace id";
    }
  }

  record RangeModeMismatch() implements RawRejection {
    @Override
    public String message() {
      return "both bounds of a raw range of api version V2 must lie among the raw keys, which begin"
          + " with 'r'";
    }
  }

  record UnknownColumnFamily() implements RawRejection {
    @Override
    public String message() {
      return "raw keys are offered in column family \"default\" only";
    }
  }

  record UnknownAlgorithm(int number) implements RawRejection {
    @Override
    public String message() {
      return "checksum algorithm " + number + " is not known; 0 is Crc64_Xor";
    }
  }

  /** The engine failed; the operator's log says how. */
  record StorageFailed(String reason) implements RawRejection {
    @Override
    public String message() {
      return "storage failed: " + reason;
    }
  }
}
