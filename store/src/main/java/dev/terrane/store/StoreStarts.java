package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.store.wire.StoredFormatException;
import java.nio.ByteBuffer;

/**
 * How often a store has been started: by it PD tells a later life from an earlier one, and a
 * directory from an older copy of it. Counted once nothing stands in the way of a start.
 *
 * <p>One record of the log: format (1 byte), number (8 bytes).
 */
public final class StoreStarts {
  private static final byte FORMAT = 1;
  private static final int BYTES = 1 + Long.BYTES;

  private StoreStarts() {}

  /** How often it was started before; 0 if never. */
  public static long before(RaftLogEngine log) {
    Bytes record = log.record(RegionKeys.LOG_STARTS);
    if (record == null) {
      return 0;
    }
    ByteBuffer in = record.asByteBuffer();
    if (in.remaining() != BYTES || in.get() != FORMAT) {
      throw new StoredFormatException(
          "the number of starts is of unknown format: "
              + record.toHex()
              + "; this release knows 1");
    }
    return in.getLong();
  }

  /** Counts this start, durably. Waits for the disk. */
  public static void count(RaftLogEngine log) {
    byte[] bytes = ByteBuffer.allocate(BYTES).put(FORMAT).putLong(before(log) + 1).array();
    log.write(new LogBatch().put(RegionKeys.LOG_STARTS, Bytes.wrap(bytes)));
  }
}
