package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.proto.terranepb.SnapshotData;
import dev.terrane.proto.terranepb.SnapshotFile;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Pairs;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces a Region's data by a snapshot whose marker is durable. Nobody reads or writes the range
 * meanwhile.
 *
 * <p>Clearing is not durable before the barrier at the end, ingested files are at once: a crash in
 * between leaves any mixture of old and new. The marker is still there then, and at the next start
 * everything is done again, which comes to the same.
 */
final class SnapshotInstaller {
  private static final long BATCH_BYTES_TARGET = 4 << 20;

  private final KvEngine engine;
  private final SnapshotFiles files;

  SnapshotInstaller(KvEngine engine, SnapshotFiles files) {
    this.engine = engine;
    this.files = files;
  }

  /** Waits for the disk. When it returns, the snapshot is the Region's data, durably. */
  void install(SnapshotMarker marker) {
    Region region = ProtoRegions.fromProto(marker.getMeta().getRegion());
    clear(region, marker.getPeerId());
    ingestFiles(marker);
    for (SnapshotData data : marker.getInlineDataList()) {
      writeInline(data);
    }
    engine.write(
        new WriteBatch()
            .put(
                ColumnFamily.REGION,
                RegionKeys.regionState(region.id()),
                Records.regionState(region, PeerState.NORMAL, marker.getPeerId()))
            .put(ColumnFamily.REGION, RegionKeys.applied(region.id()), position(marker).encode()));
    engine.barrier();
  }

  static AppliedPosition position(SnapshotMarker marker) {
    return new AppliedPosition(marker.getMeta().getIndex(), marker.getMeta().getTerm());
  }

  /** Removes what was there of the Region, which may have been larger before. */
  private void clear(Region region, long peerId) {
    WriteBatch batch = new WriteBatch();
    Bytes before = engine.get(ColumnFamily.REGION, RegionKeys.regionState(region.id()));
    if (before != null) {
      clear(batch, ProtoRegions.fromProto(Records.regionState(before).getRegion()).range());
    }
    clear(batch, region.range());
    batch.put(
        ColumnFamily.REGION,
        RegionKeys.regionState(region.id()),
        Records.regionState(region, PeerState.APPLYING_SNAPSHOT, peerId));
    engine.write(batch);
  }

  private static void clear(WriteBatch batch, KeyRange range) {
    for (ColumnFamily family : ColumnFamily.DATA) {
      batch.deleteRange(family, range);
    }
  }

  private void ingestFiles(SnapshotMarker marker) {
    Map<ColumnFamily, List<Path>> paths = new EnumMap<>(ColumnFamily.class);
    for (SnapshotFile file : marker.getFilesList()) {
      paths
          .computeIfAbsent(family(file.getColumnFamily()), _ -> new ArrayList<>())
          .add(files.path(file.getName()));
    }
    if (!paths.isEmpty()) {
      engine.ingest(paths);
    }
  }

  private void writeInline(SnapshotData data) {
    ColumnFamily family = family(data.getColumnFamily());
    WriteBatch batch = new WriteBatch();
    Pairs.forEach(
        data.getPairs(),
        (key, value) -> {
          batch.put(family, key, value);
          if (batch.bytes() >= BATCH_BYTES_TARGET) {
            engine.write(batch);
            batch.clear();
          }
        });
    engine.write(batch);
  }

  /**
   * The family of this name.
   *
   * @throws IllegalArgumentException if it is none that holds data
   */
  static ColumnFamily family(String name) {
    for (ColumnFamily family : ColumnFamily.DATA) {
      if (family.familyName().equals(name)) {
        return family;
      }
    }
    throw new IllegalArgumentException("no column family is called " + name);
  }
}
