package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.SstWriter;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.SnapshotData;
import dev.terrane.proto.terranepb.SnapshotFile;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.proto.terranepb.SnapshotTail;
import dev.terrane.store.wire.Pairs;
import dev.terrane.store.wire.Records;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the chunks of one incoming snapshot onto this store's disk, checking each: nothing that is
 * out of order, damaged or outside of the Region is taken. What is small stays in memory and goes
 * into the marker; beyond that it goes into sorted files.
 *
 * <p>Used by one I/O thread at a time; waits for the disk.
 */
final class SnapshotIntake {
  /** The stream is not a snapshot as it should be. The message says what is wrong. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private static final long FILE_BYTES_TARGET = 128L << 20;

  private final KvEngine engine;
  private final SnapshotFiles files;
  private final int inlineBytesMax;
  private final SnapshotHead head;
  private final Region region;
  private final String filePrefix;
  private final List<SnapshotData> inline = new ArrayList<>();
  private final List<SnapshotFile> written = new ArrayList<>();
  private boolean spilled;
  private @Nullable SstWriter writer;
  private ColumnFamily family = ColumnFamily.DATA.getFirst();
  private @Nullable Bytes lastKey;
  private long chunks;
  private long pairs;
  private long bytes;

  SnapshotIntake(
      KvEngine engine,
      SnapshotFiles files,
      int inlineBytesMax,
      SnapshotHead head,
      String filePrefix) {
    this.engine = engine;
    this.files = files;
    this.inlineBytesMax = inlineBytesMax;
    this.head = head;
    this.region = ProtoRegions.fromProto(head.getMeta().getRegion());
    this.filePrefix = filePrefix;
  }

  SnapshotHead head() {
    return head;
  }

  void take(SnapshotData data) throws Refused {
    if (data.getSequence() != chunks + 1) {
      throw new Refused("chunk " + data.getSequence() + " follows chunk " + chunks);
    }
    if (Pairs.crc(data.getPairs()) != data.getPairsCrc()) {
      throw new Refused("chunk " + data.getSequence() + " fails its checksum");
    }
    startFamily(data);
    int[] count = new int[1];
    try {
      Pairs.forEach(
          data.getPairs(),
          (key, _) -> {
            check(key);
            count[0]++;
          });
    } catch (IllegalArgumentException e) {
      throw new Refused("chunk " + data.getSequence() + ": " + e.getMessage());
    }
    if (count[0] == 0) {
      throw new Refused("chunk " + data.getSequence() + " holds no pairs");
    }
    if (count[0] != data.getPairCount()) {
      throw new Refused(
          "chunk "
              + data.getSequence()
              + " has "
              + count[0]
              + " pairs, not "
              + data.getPairCount());
    }
    chunks++;
    pairs += count[0];
    bytes += data.getPairs().size();
    if (spilled || bytes > inlineBytesMax) {
      spill();
      writeFile(data);
    } else {
      inline.add(data);
    }
  }

  private void startFamily(SnapshotData data) throws Refused {
    ColumnFamily next;
    try {
      next = SnapshotInstaller.family(data.getColumnFamily());
    } catch (IllegalArgumentException e) {
      throw new Refused("chunk " + data.getSequence() + ": " + e.getMessage());
    }
    if (next != family) {
      if (ColumnFamily.DATA.indexOf(next) < ColumnFamily.DATA.indexOf(family)) {
        throw new Refused("column family " + next + " comes after " + family);
      }
      finishFile();
      family = next;
      lastKey = null;
    }
  }

  private void check(Bytes key) {
    Bytes before = lastKey;
    if (before != null && before.compareTo(key) >= 0) {
      throw new IllegalArgumentException("key " + key + " comes after " + before);
    }
    if (!region.range().contains(key)) {
      throw new IllegalArgumentException("key " + key + " is outside of " + region.range());
    }
    lastKey = key;
  }

  /** From now on everything goes to files, what was kept until now first. */
  private void spill() {
    if (spilled) {
      return;
    }
    spilled = true;
    ColumnFamily current = family;
    for (SnapshotData data : inline) {
      ColumnFamily of = SnapshotInstaller.family(data.getColumnFamily());
      if (of != family) {
        finishFile();
        family = of;
      }
      writeFile(data);
    }
    if (family != current) {
      finishFile();
      family = current;
    }
    inline.clear();
  }

  private void writeFile(SnapshotData data) {
    SstWriter open = writer;
    if (open == null) {
      String name = filePrefix + "-" + written.size() + "-" + family.familyName() + ".sst";
      written.add(
          SnapshotFile.newBuilder().setColumnFamily(family.familyName()).setName(name).build());
      open = engine.sstWriter(family, files.path(name));
      writer = open;
    }
    SstWriter target = open;
    Pairs.forEach(data.getPairs(), target::put);
    if (open.fileBytes() >= FILE_BYTES_TARGET) {
      finishFile();
    }
  }

  private void finishFile() {
    SstWriter open = writer;
    if (open != null) {
      writer = null;
      try (open) {
        open.finish();
      }
    }
  }

  /** Checks that nothing is missing, and makes everything durable. */
  SnapshotMarker finish(SnapshotTail tail) throws Refused {
    if (tail.getChunkCount() != chunks
        || tail.getPairCount() != pairs
        || tail.getDataBytes() != bytes) {
      throw new Refused(
          "got "
              + chunks
              + " chunks of "
              + pairs
              + " pairs, sent were "
              + tail.getChunkCount()
              + " of "
              + tail.getPairCount());
    }
    finishFile();
    if (!written.isEmpty()) {
      files.sync();
    }
    return SnapshotMarker.newBuilder()
        .setFormatVersion(Records.FORMAT)
        .setMeta(head.getMeta())
        .setPeerId(head.getEnvelope().getToPeer().getId())
        .addAllFiles(written)
        .addAllInlineData(inline)
        .build();
  }

  /** Throws away what was received. */
  void discard() {
    SstWriter open = writer;
    writer = null;
    if (open != null) {
      try {
        open.close();
      } catch (EngineException e) {
        // The file is deleted below, or at the next start.
      }
    }
    deleteFiles(files, written);
  }

  static void deleteFiles(SnapshotFiles files, List<SnapshotFile> unwanted) {
    for (SnapshotFile file : unwanted) {
      files.delete(file.getName());
    }
  }
}
