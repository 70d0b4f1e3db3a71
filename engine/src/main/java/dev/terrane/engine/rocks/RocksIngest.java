package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;

/**
 * Takes sorted files over into the database, after reading all of them and checking their
 * checksums.
 *
 * <p>RocksDB either copies a file or moves it away from its owner, who needs it until a later
 * barrier. So each file is linked into the database's own ingest directory first, and the link is
 * what RocksDB moves: no byte is copied where the files are on one disk. The sequence number goes
 * to the manifest, not into the file, so the shared bytes never change.
 */
final class RocksIngest {
  private final RocksDatabase database;
  private final AtomicLong linkNumber = new AtomicLong();

  RocksIngest(RocksDatabase database) {
    this.database = database;
  }

  void ingest(Map<ColumnFamily, List<Path>> files) {
    for (ColumnFamily family : ColumnFamily.ALL) {
      for (Path file : files.getOrDefault(family, List.of())) {
        verify(family, file);
      }
    }
    for (ColumnFamily family : ColumnFamily.ALL) {
      List<Path> ofFamily = files.getOrDefault(family, List.of());
      if (!ofFamily.isEmpty()) {
        ingest(family, ofFamily);
      }
    }
  }

  /** Reads the whole file: a checksum of every block, and its footer. */
  private void verify(ColumnFamily family, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new EngineException("no file " + file + " to ingest", false, null);
    }
    try (Options options = new Options(database.settings.database, database.settings.of(family));
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      reader.verifyChecksum();
      try (ReadOptions all = new ReadOptions();
          SstFileReaderIterator keys = reader.newIterator(all)) {
        for (keys.seek(HighKeys.ALMOST_END.toArrayShared()); keys.isValid(); keys.next()) {
          database.highKeys.add(family, Bytes.wrap(keys.key()));
        }
        keys.status();
      }
    } catch (RocksDBException e) {
      throw RocksErrors.of("verify " + file, file.toString(), e);
    }
  }

  private void ingest(ColumnFamily family, List<Path> files) {
    List<Path> links = new ArrayList<>();
    try (IngestExternalFileOptions options =
        new IngestExternalFileOptions()
            .setMoveFiles(true)
            .setSnapshotConsistency(true)
            .setAllowGlobalSeqNo(true)
            .setAllowBlockingFlush(true)
            .setWriteGlobalSeqno(false)) {
      for (Path file : files) {
        links.add(link(file));
      }
      database.db.ingestExternalFile(
          database.handle(family), links.stream().map(Path::toString).toList(), options);
    } catch (RocksDBException e) {
      throw RocksErrors.of("ingest " + files, e);
    } finally {
      links.forEach(RocksIngest::remove);
    }
  }

  private Path link(Path file) {
    Path link = database.ingestDirectory().resolve(linkNumber.incrementAndGet() + ".sst");
    try {
      return Files.createLink(link, file);
    } catch (IOException | UnsupportedOperationException notLinkable) {
      return copy(file, link); // on another disk, or one without links
    }
  }

  private static Path copy(Path file, Path copy) {
    try {
      return Files.copy(file, copy); // RocksDB syncs what it takes over
    } catch (IOException e) {
      throw new EngineException("could not copy " + file + " to " + copy, true, e);
    }
  }

  /** RocksDB has moved the link away unless it failed. */
  private static void remove(Path link) {
    try {
      Files.deleteIfExists(link);
    } catch (IOException harmless) {
      // The answer of the ingest matters more, and the next open clears the directory.
    }
  }
}
