package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.rocks.RocksEngine;
import dev.terrane.engine.rocks.RocksOptions;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.proto.terranepb.SnapshotMeta;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot from one RocksDB into another, by files. */
class RocksSnapshotTest {
  private static final Region REGION =
      new Region(
          7,
          new KeyRange(Bytes.ofUtf8("b"), Bytes.ofUtf8("y")),
          RegionEpoch.FIRST,
          List.of(Peer.voter(71, 1), Peer.learner(72, 2)));

  @TempDir private Path directory;

  /** Files of this machine. */
  private record MachineFiles(Path directory) implements SnapshotFiles {
    @Override
    public Path path(String name) {
      return directory.resolve(name);
    }

    @Override
    public List<String> names() {
      try (Stream<Path> files = Files.list(directory)) {
        return files.map(file -> file.getFileName().toString()).sorted().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void delete(String name) {
      try {
        Files.deleteIfExists(path(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void sync() {}
  }

  private MachineFiles files() throws IOException {
    return new MachineFiles(Files.createDirectories(directory.resolve("snapshots")));
  }

  private KvEngine open(String name) {
    return RocksEngine.open(directory.resolve(name), RocksOptions.small());
  }

  private static void fill(KvEngine engine, int keys) {
    WriteBatch batch =
        new WriteBatch()
            .put(
                ColumnFamily.REGION,
                RegionKeys.regionState(7),
                Records.regionState(REGION, PeerState.NORMAL, 71))
            .put(ColumnFamily.REGION, RegionKeys.applied(7), new AppliedPosition(90, 4).encode())
            .put(ColumnFamily.DEFAULT, Bytes.ofUtf8("a"), Bytes.ofUtf8("outside"))
            .put(ColumnFamily.DEFAULT, Bytes.ofUtf8("z"), Bytes.ofUtf8("outside"));
    for (int i = 0; i < keys; i++) {
      batch.put(ColumnFamily.DEFAULT, key(i), Bytes.ofUtf8("value " + i));
      batch.put(ColumnFamily.WRITE, key(i), Bytes.ofUtf8("write " + i));
    }
    batch.put(ColumnFamily.LOCK, key(1), Bytes.EMPTY);
    engine.write(batch);
  }

  private static Bytes key(int i) {
    return Bytes.ofUtf8(String.format("k%06d", i));
  }

  private static SnapshotMarker receive(SnapshotSource source, KvEngine into, SnapshotFiles files)
      throws Exception {
    SnapshotHead head =
        SnapshotHead.newBuilder()
            .setEnvelope(RaftEnvelope.newBuilder().setRegionId(7).setToPeer(FakePd.peer(72, 2)))
            .setMeta(
                SnapshotMeta.newBuilder()
                    .setFormatVersion(Records.FORMAT)
                    .setIndex(source.position().index())
                    .setTerm(source.position().term())
                    .setRegion(ProtoRegions.toProto(source.region())))
            .build();
    SnapshotIntake intake = new SnapshotIntake(into, files, 4 << 10, head, "7-90-1");
    SnapshotChunk chunk = source.next();
    while (chunk.hasData()) {
      intake.take(chunk.getData());
      chunk = source.next();
    }
    return intake.finish(chunk.getTail());
  }

  @Test
  void replacesWhatWasThereAndNothingElse() throws Exception {
    try (KvEngine from = open("from");
        KvEngine into = open("into")) {
      fill(from, 5000);
      into.write(
          new WriteBatch()
              .put(ColumnFamily.DEFAULT, Bytes.ofUtf8("k000001x"), Bytes.ofUtf8("stale"))
              .put(ColumnFamily.LOCK, Bytes.ofUtf8("c"), Bytes.ofUtf8("stale"))
              .put(ColumnFamily.DEFAULT, Bytes.ofUtf8("a"), Bytes.ofUtf8("mine")));
      MachineFiles files = files();
      SnapshotMarker marker;
      try (SnapshotSource source = Objects.requireNonNull(SnapshotSource.open(from, 7, 8 << 10))) {
        fill(from, 10); // later writes are not part of it
        marker = receive(source, into, files);
      }
      assertThat(files.names()).hasSize(3);

      SnapshotInstaller installer = new SnapshotInstaller(into, files);
      installer.install(marker);
      installer.install(marker); // as after a crash

      for (int i : new int[] {0, 1, 2500, 4999}) {
        assertThat(into.get(ColumnFamily.DEFAULT, key(i))).isEqualTo(Bytes.ofUtf8("value " + i));
        assertThat(into.get(ColumnFamily.WRITE, key(i))).isEqualTo(Bytes.ofUtf8("write " + i));
      }
      assertThat(into.get(ColumnFamily.LOCK, key(1))).isEqualTo(Bytes.EMPTY);
      assertThat(into.get(ColumnFamily.DEFAULT, Bytes.ofUtf8("k000001x"))).isNull();
      assertThat(into.get(ColumnFamily.LOCK, Bytes.ofUtf8("c"))).isNull();
      assertThat(into.get(ColumnFamily.DEFAULT, Bytes.ofUtf8("a"))).isEqualTo(Bytes.ofUtf8("mine"));
      assertThat(into.get(ColumnFamily.DEFAULT, Bytes.ofUtf8("z"))).isNull();
      Bytes applied = into.get(ColumnFamily.REGION, RegionKeys.applied(7));
      assertThat(AppliedPosition.decode(Objects.requireNonNull(applied)))
          .isEqualTo(new AppliedPosition(90, 4));
    }
  }

  @Test
  void aFlippedBitInAReceivedFileIsFoundAndNamed() throws Exception {
    try (KvEngine from = open("from");
        KvEngine into = open("into")) {
      fill(from, 5000);
      MachineFiles files = files();
      SnapshotMarker marker;
      try (SnapshotSource source = Objects.requireNonNull(SnapshotSource.open(from, 7, 8 << 10))) {
        marker = receive(source, into, files);
      }
      String name = files.names().getFirst();
      byte[] content = Files.readAllBytes(files.path(name));
      content[content.length / 3] ^= 8;
      Files.write(files.path(name), content);

      assertThatThrownBy(() -> new SnapshotInstaller(into, files).install(marker))
          .isInstanceOf(EngineCorruptException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void refusesChunksThatAreDamagedMissingOrOutside() throws Exception {
    try (KvEngine from = open("from");
        KvEngine into = open("into")) {
      fill(from, 200);
      MachineFiles files = files();
      try (SnapshotSource source = Objects.requireNonNull(SnapshotSource.open(from, 7, 1 << 10))) {
        SnapshotChunk first = source.next();
        SnapshotChunk second = source.next();
        SnapshotHead head =
            SnapshotHead.newBuilder()
                .setMeta(SnapshotMeta.newBuilder().setRegion(ProtoRegions.toProto(REGION)))
                .build();
        SnapshotIntake intake = new SnapshotIntake(into, files, 4 << 10, head, "p");
        assertThatThrownBy(() -> intake.take(second.getData()))
            .isInstanceOf(SnapshotIntake.Refused.class)
            .hasMessageContaining("chunk 2 follows chunk 0");
        assertThatThrownBy(() -> intake.take(first.getData().toBuilder().setPairsCrc(1).build()))
            .isInstanceOf(SnapshotIntake.Refused.class)
            .hasMessageContaining("checksum");
        assertThatThrownBy(
                () -> intake.take(first.getData().toBuilder().setColumnFamily("region").build()))
            .isInstanceOf(SnapshotIntake.Refused.class)
            .hasMessageContaining("no column family");
        assertThatThrownBy(() -> intake.take(first.getData().toBuilder().setPairCount(1).build()))
            .isInstanceOf(SnapshotIntake.Refused.class)
            .hasMessageContaining("pairs");
        Region narrow =
            new Region(7, new KeyRange(key(5), key(6)), RegionEpoch.FIRST, REGION.peers());
        SnapshotIntake outside =
            new SnapshotIntake(
                into,
                files,
                4 << 10,
                SnapshotHead.newBuilder()
                    .setMeta(SnapshotMeta.newBuilder().setRegion(ProtoRegions.toProto(narrow)))
                    .build(),
                "q");
        assertThatThrownBy(() -> outside.take(first.getData()))
            .isInstanceOf(SnapshotIntake.Refused.class)
            .hasMessageContaining("outside");
        assertThat(files.names()).isEmpty();
      }
    }
  }
}
