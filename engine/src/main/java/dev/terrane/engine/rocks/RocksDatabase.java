package dev.terrane.engine.rocks;

import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * The native database of one engine with what belongs to it, opened and closed together.
 *
 * <p>Not guarded: whoever calls must be sure that it is open.
 */
final class RocksDatabase implements AutoCloseable {
  static final String INGEST_DIRECTORY = "ingest";

  /** The file that names all others. */
  static final String CURRENT = "CURRENT";

  final Path directory;

  /** Where the directory is. Kept, because the search for it reads all mounts of the machine. */
  final FileStore disk;

  final RocksSettings settings;
  final RocksDB db;
  final ReadOptions reads = new ReadOptions();
  final WriteOptions writes = new WriteOptions();

  /** For writers that may not wait: RocksDB refuses where it would hold them back. */
  final WriteOptions writesNow = new WriteOptions().setNoSlowdown(true);

  final HighKeys highKeys = new HighKeys();
  private final Map<ColumnFamily, ColumnFamilyHandle> handles = new EnumMap<>(ColumnFamily.class);

  private RocksDatabase(
      Path directory,
      FileStore disk,
      RocksSettings settings,
      RocksDB db,
      List<ColumnFamilyHandle> handles) {
    this.directory = directory;
    this.disk = disk;
    this.settings = settings;
    this.db = db;
    Iterator<ColumnFamilyHandle> opened = handles.iterator();
    for (ColumnFamily family : ColumnFamily.ALL) {
      this.handles.put(family, opened.next());
    }
  }

  static RocksDatabase open(Path directory, RocksOptions options) {
    NativeLibrary.load();
    boolean there = RocksLook.isThere(directory);
    FileStore disk;
    boolean diskIsShort;
    try {
      Files.createDirectories(directory);
      disk = Files.getFileStore(directory);
      diskIsShort = disk.getUsableSpace() < options.memtableBytes();
    } catch (IOException e) {
      throw new EngineException("could not create " + directory, false, e);
    }
    RocksSettings settings = new RocksSettings(options);
    settings.database.setCreateIfMissing(!there);
    // What is replayed from the log goes to tables at once, unless there may be no room for them:
    // then it stays in memory, and in the log, so that keys can be read, and deleted.
    settings.database.setAvoidFlushDuringRecovery(diskIsShort);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    // RocksDB wants its family "default" named; the order is ours.
    for (ColumnFamily family : ColumnFamily.ALL) {
      descriptors.add(
          new ColumnFamilyDescriptor(
              family.familyName().getBytes(StandardCharsets.UTF_8), settings.of(family)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB db = RocksDB.open(settings.database, directory.toString(), descriptors, handles);
      RocksDatabase opened = new RocksDatabase(directory, disk, settings, db, handles);
      opened.clearIngestDirectory();
      opened.findHighKeys();
      return opened;
    } catch (RocksDBException e) {
      settings.close();
      throw RocksErrors.of("open " + directory, directory.toString(), e);
    }
  }

  private void findHighKeys() throws RocksDBException {
    for (ColumnFamily family : ColumnFamily.ALL) {
      try (RocksIterator keys = db.newIterator(handle(family), reads)) {
        highKeys.addAll(family, keys);
      }
    }
  }

  ColumnFamilyHandle handle(ColumnFamily family) {
    return Objects.requireNonNull(handles.get(family));
  }

  List<ColumnFamilyHandle> allHandles() {
    return List.copyOf(handles.values());
  }

  /** Where files wait between being verified and being taken over; on the disk of the database. */
  Path ingestDirectory() {
    return directory.resolve(INGEST_DIRECTORY);
  }

  /** What a call that a crash cut short has left. Nobody else uses the directory: it is locked. */
  private void clearIngestDirectory() {
    try {
      Files.createDirectories(ingestDirectory());
      try (DirectoryStream<Path> left = Files.newDirectoryStream(ingestDirectory())) {
        for (Path file : left) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      close();
      throw new EngineException("could not clear " + ingestDirectory(), false, e);
    }
  }

  @Override
  public void close() {
    handles.values().forEach(ColumnFamilyHandle::close);
    db.close();
    reads.close();
    writes.close();
    writesNow.close();
    settings.close();
  }
}
