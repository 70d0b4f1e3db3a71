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

  record BatchTooLarge(long bytes, long bytesMax) implements RawRejection {
    @Override
    public String message() {
      return "batch is " + bytes + " bytes, more than the limit of " + bytesMax;
    }
  }

  record TooManyItems(int items, int itemsMax) implements RawRejection {
    @Override
    public String message() {
      return "batch has "
          + items
          + " items, more than the limit of "
          + itemsMax
          + "; send several smaller ones";
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
      return "raw keys are in column family \"default\", \"lock\" or \"write\"";
    }
  }

  record NamedColumnFamily() implements RawRejection {
    @Override
    public String message() {
      return "column families of raw keys have no names in api version V2; leave cf empty";
    }
  }

  record TooManyRanges(long ranges, long rangesMax) implements RawRejection {
    @Override
    public String message() {
      return ranges + " ranges, more than the limit of " + rangesMax + "; ask for fewer at a time";
    }
  }

  record RangeEndsBeforeItStarts() implements RawRejection {
    @Override
    public String message() {
      return "invalid ranges: one ends where it starts or before; an empty end before the last"
          + " range is the start of the next";
    }
  }

  /** Another store leads some of it, which has not done the same, or cannot be reached. */
  record NotDestroyedYet(long regionId, String why) implements RawRejection {
    @Override
    public String message() {
      return "region "
          + regionId
          + " may still hold keys of the range ("
          + why
          + "); ask every store again, all at the same time";
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
