package dev.terrane.engine.rocks;

import dev.terrane.engine.ColumnFamily;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * The native options of one engine.
 *
 * <p>Why a power cut leaves one moment of all column families. A batch is one record of the log,
 * whatever families it changes, and point-in-time recovery ends at the first record that is not
 * whole: with an unsynced tail the kernel may have kept later pages and lost earlier ones, and
 * skipping over the hole would invent a state that never was. A flush of one family could be ahead
 * of that point; RocksDB prevents it by syncing all closed logs before it installs a flushed file
 * when there is more than one family. A log is never reused, so that an old record cannot pass for
 * a new one. Atomic flush, which gives the same without a log, is therefore not needed.
 *
 * <p>A damaged record that had been synced ends the replay as well: RocksDB cannot tell it from a
 * torn tail. The store can: its applied index is then behind the log that it has released.
 *
 * <p>Pipelined, unordered and two-queue writes, insert hints and plain memtable inserts were
 * measured with one writer and batches of 1, 16 and 128 puts; none differed from the defaults by
 * more than the measurement's own spread.
 */
final class RocksSettings implements AutoCloseable {
  /** Small, so that a Region covers whole files and dropping them frees its space. */
  private static final long SST_BYTES = 8L << 20;

  private static final long BLOCK_BYTES = 8L << 10;
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final long SYNC_SMOOTHING_BYTES = 1L << 20;
  private static final long INFO_LOG_BYTES_MAX = 4L << 20;
  private static final int INFO_LOGS_KEPT = 4;
  private static final long MANIFEST_BYTES_MAX = 8L << 20;
  private static final double INDEX_SHARE_OF_CACHE = 0.5;

  final Cache cache;
  final Statistics statistics;
  final DBOptions database;
  private final Map<ColumnFamily, ColumnFamilyOptions> families = new EnumMap<>(ColumnFamily.class);
  private final WriteBufferManager memtables;
  private final BloomFilter bloom;

  RocksSettings(RocksOptions options) {
    // Few shards where there is little: a large value must fit into one.
    int shardBits = options.memoryBytes() >= 256L << 20 ? -1 : 2;
    cache = new LRUCache(options.memoryBytes(), shardBits, false, INDEX_SHARE_OF_CACHE);
    memtables = new WriteBufferManager(options.memtableBytes(), cache);
    statistics = new Statistics();
    statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
    bloom = new BloomFilter(BLOOM_BITS_PER_KEY);
    database =
        new DBOptions()
            .setCreateMissingColumnFamilies(true)
            .setParanoidChecks(true)
            .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
            .setRecycleLogFileNum(0)
            .setManualWalFlush(false) // what was written survives the process, not only the barrier
            .setAvoidFlushDuringShutdown(true) // the log has it
            .setMaxTotalWalSize(Math.max(4 * options.memtableBytes(), 64L << 20))
            .setWriteBufferManager(memtables)
            .setMaxOpenFiles(options.openFilesMax())
            .setMaxBackgroundJobs(options.backgroundJobs())
            .setBytesPerSync(SYNC_SMOOTHING_BYTES)
            .setWalBytesPerSync(SYNC_SMOOTHING_BYTES)
            .setMaxManifestFileSize(MANIFEST_BYTES_MAX)
            .setInfoLogLevel(InfoLogLevel.INFO_LEVEL)
            .setMaxLogFileSize(INFO_LOG_BYTES_MAX)
            .setKeepLogFileNum(INFO_LOGS_KEPT)
            .setStatsDumpPeriodSec(0) // an idle engine does not wake up
            .setStatsPersistPeriodSec(0)
            .setStatistics(statistics);
    for (ColumnFamily family : ColumnFamily.ALL) {
      families.put(family, family(family, options));
    }
  }

  private ColumnFamilyOptions family(ColumnFamily family, RocksOptions options) {
    long writeBufferBytes =
        switch (family) {
          case DEFAULT, WRITE -> options.memtableBytes() / 2;
          case LOCK, REGION -> options.memtableBytes() / 4; // short-lived or few keys
        };
    return new ColumnFamilyOptions()
        .setWriteBufferSize(writeBufferBytes)
        .setMaxWriteBufferNumber(4)
        .setTargetFileSizeBase(SST_BYTES)
        .setMaxBytesForLevelBase(Math.max(4 * writeBufferBytes, 4 * SST_BYTES))
        .setLevelCompactionDynamicLevelBytes(true)
        .setLevel0FileNumCompactionTrigger(4)
        .setLevel0SlowdownWritesTrigger(20)
        .setLevel0StopWritesTrigger(36)
        .setForceConsistencyChecks(true)
        .setCompressionPerLevel(compressionPerLevel())
        .setBottommostCompressionType(
            switch (options.bottomCompression()) {
              case LZ4 -> CompressionType.LZ4_COMPRESSION;
              case ZSTD -> CompressionType.ZSTD_COMPRESSION;
            })
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setOptimizeFiltersForMemory(true)
                .setFilterPolicy(bloom)
                .setWholeKeyFiltering(true));
  }

  /** The first two levels are rewritten too often to be worth packing. */
  private static List<CompressionType> compressionPerLevel() {
    List<CompressionType> perLevel = new ArrayList<>();
    for (int level = 0; level < 7; level++) {
      perLevel.add(level < 2 ? CompressionType.NO_COMPRESSION : CompressionType.LZ4_COMPRESSION);
    }
    return perLevel;
  }

  ColumnFamilyOptions of(ColumnFamily family) {
    return Objects.requireNonNull(families.get(family));
  }

  @Override
  public void close() {
    families.values().forEach(ColumnFamilyOptions::close);
    database.close();
    bloom.close();
    statistics.close();
    memtables.close();
    cache.close();
  }
}
