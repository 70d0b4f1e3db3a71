package dev.terrane.engine.rocks;

import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineCorruptException;
import dev.terrane.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Looks whether a directory holds a database with all of its files, and changes nothing there.
 *
 * <p>RocksDB itself looks only while it opens, and by then it may have done harm: where the file is
 * missing that names all others it makes an empty database, and deletes the tables of the old one.
 * So this comes first.
 *
 * <p>A crash while a directory is used for the first time may leave any part of an empty database,
 * which counts as none. Once a file holds data, or the database has been opened, all must be there:
 * the file {@code CURRENT}, the manifest that it names, every table that the manifest names, in
 * full size, and a log. Of several logs a missing one is not found here.
 */
final class RocksLook {
  /** What a new database begins with; the first that opens it replaces it. */
  private static final String FIRST_MANIFEST = "MANIFEST-000001";

  private final Path directory;
  private final List<String> names;

  private RocksLook(Path directory, List<String> names) {
    this.directory = directory;
    this.names = names;
  }

  /**
   * Whether a database is there.
   *
   * @throws EngineCorruptException if some of its files are missing
   */
  static boolean isThere(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try {
      return new RocksLook(directory, list(directory)).look();
    } catch (IOException e) {
      throw new EngineException("could not look into " + directory, false, e);
    }
  }

  private static List<String> list(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  private boolean look() throws IOException {
    boolean hasLog = has("\\d+\\.log");
    if (!names.contains(RocksDatabase.CURRENT)) {
      if (hasLog || has("\\d+\\.sst")) {
        throw missing(RocksDatabase.CURRENT);
      }
      return false;
    }
    String manifest =
        Files.readString(directory.resolve(RocksDatabase.CURRENT), StandardCharsets.UTF_8).strip();
    if (!names.contains(manifest)) {
      throw missing(manifest.isEmpty() ? RocksDatabase.CURRENT : manifest);
    }
    if (!manifest.equals(FIRST_MANIFEST)) {
      if (!hasLog) {
        throw missing("the log (NUMBER.log)");
      }
      checkTables(manifest);
    }
    return true;
  }

  private boolean has(String pattern) {
    return names.stream().anyMatch(name -> name.matches(pattern));
  }

  private EngineCorruptException missing(String file) {
    return new EngineCorruptException(
        directory.resolve(file).toString(),
        "%s holds data, but %s is missing; put it back, or give this node an empty directory"
            .formatted(directory, file),
        null);
  }

  /**
   * Lets RocksDB read the manifest and find the tables without the log, for which it is shown a
   * directory where there is none: replaying the log could take long, and all of it in memory.
   */
  private void checkTables(String manifest) throws IOException {
    Path withoutLog = directory.resolve(RocksDatabase.INGEST_DIRECTORY);
    if (!Files.isDirectory(withoutLog)) {
      return; // made after the first time that a database was opened: nothing was stored yet
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Options plain = new Options();
        DBOptions options = new DBOptions()) {
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      for (byte[] name : RocksDB.listColumnFamilies(plain, directory.toString())) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      refuseUnknown(families);
      options
          .setParanoidChecks(true)
          .setWalDir(withoutLog.toString())
          .setMaxOpenFiles(RocksOptions.OPEN_FILES_MIN)
          .setSkipStatsUpdateOnDbOpen(true);
      if (families.isEmpty()) { // not even the one that every database has
        throw new EngineCorruptException(
            directory.resolve(manifest).toString(), "it names no column family", null);
      }
      RocksDB found = RocksDB.openReadOnly(options, directory.toString(), families, handles, false);
      List<LiveFileMetaData> tables = found.getLiveFilesMetaData();
      handles.forEach(ColumnFamilyHandle::close);
      found.close();
      for (LiveFileMetaData table : tables) {
        check(table);
      }
    } catch (RocksDBException e) {
      throw RocksErrors.of("look into " + directory, directory.toString(), e);
    }
  }

  private void check(LiveFileMetaData table) throws IOException {
    String name = table.fileName().replace("/", "");
    if (!names.contains(name)) {
      throw missing(name);
    }
    long bytes = Files.size(directory.resolve(name));
    if (bytes != table.size()) {
      throw new EngineCorruptException(
          directory.resolve(name).toString(),
          "it has %d bytes, not %d".formatted(bytes, table.size()),
          null);
    }
  }

  private void refuseUnknown(List<ColumnFamilyDescriptor> families) {
    Set<String> unknown = new TreeSet<>();
    for (ColumnFamilyDescriptor family : families) {
      unknown.add(new String(family.getName(), StandardCharsets.UTF_8));
    }
    unknown.removeAll(
        ColumnFamily.ALL.stream().map(ColumnFamily::familyName).collect(Collectors.toSet()));
    if (!unknown.isEmpty()) {
      throw new EngineException(
          "%s holds %s, which this release does not know".formatted(directory, unknown),
          false,
          null);
    }
  }
}
