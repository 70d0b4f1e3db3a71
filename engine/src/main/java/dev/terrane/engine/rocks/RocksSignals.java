package dev.terrane.engine.rocks;

import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.EngineStatistics;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.StallState;
import java.io.IOException;
import org.rocksdb.RocksDBException;
import org.rocksdb.TickerType;

/** What RocksDB says about itself. Not guarded. */
final class RocksSignals {
  private final RocksDatabase database;

  RocksSignals(RocksDatabase database) {
    this.database = database;
  }

  FlowSignals flow() {
    try {
      int levelZeroFiles = 0;
      long pendingBytes = 0;
      for (ColumnFamily family : ColumnFamily.ALL) {
        // The property that counts files is text; there is no number.
        String files =
            database.db.getProperty(database.handle(family), "rocksdb.num-files-at-level0");
        levelZeroFiles = Math.max(levelZeroFiles, Integer.parseInt(files));
        pendingBytes =
            Math.max(pendingBytes, number(family, "rocksdb.estimate-pending-compaction-bytes"));
      }
      return new FlowSignals(
          levelZeroFiles,
          database.db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
          pendingBytes,
          stall(),
          database.disk.getUsableSpace());
    } catch (RocksDBException e) {
      throw RocksErrors.of("read flow signals", e);
    } catch (IOException e) {
      throw new EngineException("could not ask for free space", true, e);
    }
  }

  private StallState stall() throws RocksDBException {
    if (database.db.getLongProperty("rocksdb.is-write-stopped") != 0) {
      return StallState.STOPPED;
    }
    boolean delayed = database.db.getLongProperty("rocksdb.actual-delayed-write-rate") != 0;
    return delayed ? StallState.DELAYED : StallState.NONE;
  }

  private long number(ColumnFamily family, String property) throws RocksDBException {
    return database.db.getLongProperty(database.handle(family), property);
  }

  EngineStatistics statistics() {
    try {
      return new EngineStatistics(
          count(TickerType.BLOCK_CACHE_HIT),
          count(TickerType.BLOCK_CACHE_MISS),
          database.db.getLongProperty("rocksdb.block-cache-usage"),
          database.db.getAggregatedLongProperty("rocksdb.estimate-table-readers-mem"),
          database.db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
          database.db.getAggregatedLongProperty("rocksdb.live-sst-files-size"),
          count(TickerType.WAL_FILE_BYTES),
          count(TickerType.WAL_FILE_SYNCED),
          count(TickerType.FLUSH_WRITE_BYTES),
          count(TickerType.COMPACT_READ_BYTES),
          count(TickerType.COMPACT_WRITE_BYTES),
          count(TickerType.STALL_MICROS),
          database.db.getLongProperty("rocksdb.num-snapshots"));
    } catch (RocksDBException e) {
      throw RocksErrors.of("read statistics", e);
    }
  }

  private long count(TickerType ticker) {
    return database.settings.statistics.getTickerCount(ticker);
  }
}
