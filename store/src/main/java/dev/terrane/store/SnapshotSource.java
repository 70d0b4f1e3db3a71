package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.Cursor;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.ScanKind;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.proto.terranepb.RegionState;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotData;
import dev.terrane.proto.terranepb.SnapshotTail;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Pairs;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import org.jspecify.annotations.Nullable;

/**
 * One Region's data at one moment, cut into chunks. The moment is that of an engine snapshot, which
 * says itself which Region and which index it holds, since both are stored with the data.
 *
 * <p>Used by one I/O thread at a time; waits for the disk. Holds old data in the engine until it is
 * closed.
 */
final class SnapshotSource implements AutoCloseable {
  private final EngineSnapshot snapshot;
  private final Region region;
  private final AppliedPosition position;
  private final int chunkBytes;
  private int family;
  private @Nullable Cursor cursor;
  private long chunks;
  private long pairs;
  private long bytes;

  private SnapshotSource(
      EngineSnapshot snapshot, Region region, AppliedPosition position, int chunkBytes) {
    this.snapshot = snapshot;
    this.region = region;
    this.position = position;
    this.chunkBytes = chunkBytes;
  }

  /** The Region as it is now in the engine; null if it is not there, or not whole. */
  static @Nullable SnapshotSource open(KvEngine engine, long regionId, int chunkBytes) {
    EngineSnapshot snapshot = engine.snapshot();
    SnapshotSource source;
    try {
      source = open(snapshot, regionId, chunkBytes);
    } catch (RuntimeException e) {
      snapshot.close(); // else it would keep old data until the next start
      throw e;
    }
    if (source == null) {
      snapshot.close();
    }
    return source;
  }

  private static @Nullable SnapshotSource open(
      EngineSnapshot snapshot, long regionId, int chunkBytes) {
    Bytes state = snapshot.get(ColumnFamily.REGION, RegionKeys.regionState(regionId));
    Bytes applied = snapshot.get(ColumnFamily.REGION, RegionKeys.applied(regionId));
    if (state != null && applied != null) {
      RegionState decoded = Records.regionState(state);
      if (decoded.getState() == PeerState.NORMAL) {
        return new SnapshotSource(
            snapshot,
            ProtoRegions.fromProto(decoded.getRegion()),
            AppliedPosition.decode(applied),
            chunkBytes);
      }
    }
    return null;
  }

  Region region() {
    return region;
  }

  AppliedPosition position() {
    return position;
  }

  /** The next chunk; the one with the tail is the last. Of no use any more once this has failed. */
  SnapshotChunk next() {
    while (family < ColumnFamily.DATA.size()) {
      ColumnFamily current = ColumnFamily.DATA.get(family);
      Pairs.Builder gathered = new Pairs.Builder(chunkBytes + 4096);
      Cursor open = cursor;
      if (open == null) {
        open = snapshot.cursor(current, region.range(), ScanKind.BULK);
        cursor = open;
        open.seekToFirst();
      }
      while (open.isValid() && gathered.bytes() < chunkBytes) {
        gathered.add(open.key(), open.value());
        open.next();
      }
      if (!open.isValid()) {
        open.close();
        cursor = null;
        family++;
      }
      if (gathered.count() > 0) {
        return data(current, gathered);
      }
    }
    return SnapshotChunk.newBuilder()
        .setTail(
            SnapshotTail.newBuilder().setChunkCount(chunks).setPairCount(pairs).setDataBytes(bytes))
        .build();
  }

  private SnapshotChunk data(ColumnFamily of, Pairs.Builder gathered) {
    chunks++;
    pairs += gathered.count();
    bytes += gathered.bytes();
    var packed = ProtoBytes.toByteString(gathered.build());
    return SnapshotChunk.newBuilder()
        .setData(
            SnapshotData.newBuilder()
                .setSequence(chunks)
                .setColumnFamily(of.familyName())
                .setPairs(packed)
                .setPairCount(gathered.count())
                .setPairsCrc(Pairs.crc(packed)))
        .build();
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
    }
    snapshot.close();
  }
}
