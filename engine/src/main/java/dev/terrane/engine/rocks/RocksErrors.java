package dev.terrane.engine.rocks;

import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.EngineStalledException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Turns what RocksDB reports into the engine's exceptions. */
final class RocksErrors {
  /** RocksDB names the damaged file somewhere in its message, with its path or without. */
  private static final Pattern FILE =
      Pattern.compile("(?:/[^\\s:;,]*)?(?:\\d+\\.(?:sst|log|blob)|MANIFEST-\\d+|CURRENT)");

  private RocksErrors() {}

  /** What a call found too little of; it may succeed once there is more. */
  enum Want {
    NOTHING,
    ROOM,
    DESCRIPTORS
  }

  /** What {@code failure} was for want of. */
  static Want wantOf(EngineException failure) {
    return failure.retryable() && failure.getCause() instanceof RocksDBException cause
        ? wantOf(cause)
        : Want.NOTHING;
  }

  private static Want wantOf(RocksDBException failure) {
    Status status = failure.getStatus();
    if (status == null || status.getCode() != Status.Code.IOError) {
      return Want.NOTHING;
    }
    if (status.getSubCode() == Status.SubCode.NoSpace) {
      return Want.ROOM;
    }
    return isWantOfDescriptors(failure) ? Want.DESCRIPTORS : Want.NOTHING;
  }

  /** What {@code failure} means; {@code doing} completes "could not …". */
  static EngineException of(String doing, RocksDBException failure) {
    return of(doing, "unknown", failure);
  }

  /** The same, where a damaged file that RocksDB does not name can only be {@code file}. */
  static EngineException of(String doing, String file, RocksDBException failure) {
    Status status = failure.getStatus();
    String text = "could not " + doing + ": " + failure.getMessage();
    if (status == null) {
      return new EngineException(text, false, failure);
    }
    return switch (status.getCode()) {
      case Corruption -> new EngineCorruptException(fileIn(failure, file), text, failure);
      case Incomplete -> new EngineStalledException(text, failure);
      case Busy, TimedOut, TryAgain, Aborted -> new EngineException(text, true, failure);
      case IOError -> new EngineException(text, wantOf(failure) != Want.NOTHING, failure);
      case Ok,
          NotFound,
          NotSupported,
          InvalidArgument,
          MergeInProgress,
          ShutdownInProgress,
          Expired,
          Undefined ->
          new EngineException(text, false, failure);
    };
  }

  /** The system's words; RocksDB has no code for it. */
  private static boolean isWantOfDescriptors(RocksDBException failure) {
    String message = failure.getMessage();
    return message != null && message.contains("Too many open files");
  }

  private static String fileIn(RocksDBException failure, String otherwise) {
    String message = failure.getMessage();
    Matcher matcher = FILE.matcher(message == null ? "" : message);
    return matcher.find() ? matcher.group() : otherwise;
  }
}
