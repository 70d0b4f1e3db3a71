package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.proto.terranepb.StoreIdent;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.store.wire.StoredFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Who a store is. Kept in both of its directories; its address is not part of it and may change.
 *
 * <p>Written to the log first: a crash before the engine has it leaves a store that has done
 * nothing yet, and is completed at the next start.
 *
 * @param clusterId of the cluster that PD serves
 * @param storeId given by PD, never used again for another store
 * @param generation drawn once, so that two stores with one id by mistake are told apart
 */
public record StoreIdentity(long clusterId, long storeId, long generation) {
  /**
   * The identity in both directories; null if they are new.
   *
   * @throws StoredFormatException if they are of different stores or of a newer format
   */
  public static @Nullable StoreIdentity read(KvEngine engine, RaftLogEngine log) {
    StoreIdentity inLog = decode(log.record(RegionKeys.LOG_IDENT));
    StoreIdentity inEngine = decode(engine.get(ColumnFamily.REGION, RegionKeys.IDENT));
    if (inLog == null && inEngine != null) {
      throw new StoredFormatException(
          "the data directory is of " + inEngine + " but its Raft log is of no store");
    }
    if (inEngine == null && inLog != null && !log.regions().isEmpty()) {
      throw new StoredFormatException(
          "the Raft log is of " + inLog + " but the data directory is of no store");
    }
    if (inEngine != null && !inEngine.equals(inLog)) {
      throw new StoredFormatException(
          "the data directory is of " + inEngine + " but its Raft log is of " + inLog);
    }
    return inLog;
  }

  /** Makes this the identity of both directories, durably. Waits for the disk. */
  public void write(KvEngine engine, RaftLogEngine log) {
    Bytes encoded =
        Records.encode(
            StoreIdent.newBuilder()
                .setFormatVersion(Records.FORMAT)
                .setClusterId(clusterId)
                .setStoreId(storeId)
                .setGeneration(generation)
                .build());
    log.write(new LogBatch().put(RegionKeys.LOG_IDENT, encoded));
    engine.write(new WriteBatch().put(ColumnFamily.REGION, RegionKeys.IDENT, encoded));
    engine.barrier();
  }

  private static @Nullable StoreIdentity decode(@Nullable Bytes encoded) {
    if (encoded == null) {
      return null;
    }
    StoreIdent ident = Records.ident(encoded);
    return new StoreIdentity(ident.getClusterId(), ident.getStoreId(), ident.getGeneration());
  }
}
