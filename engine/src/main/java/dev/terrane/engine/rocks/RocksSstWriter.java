package dev.terrane.engine.rocks;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.SstWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/** Writes a file in the format of this engine's column family. Needs no open database. */
final class RocksSstWriter implements SstWriter {
  private final Path file;
  private final Turnstile turnstile = new Turnstile("file writer");
  private final EnvOptions environment = new EnvOptions();
  private final Options options;
  private final SstFileWriter writer;
  private @Nullable Bytes last;
  private long count;
  private boolean finished;

  /** Starts the file. The caller holds the settings open until the writer is closed. */
  RocksSstWriter(RocksSettings settings, ColumnFamily family, Path file) {
    if (Files.exists(file)) {
      throw new EngineException(file + " exists already", false, null);
    }
    this.file = file;
    options = new Options(settings.database, settings.of(family));
    writer = new SstFileWriter(environment, options);
    try {
      writer.open(file.toString());
    } catch (RocksDBException e) {
      free();
      throw RocksErrors.of("start " + file, file.toString(), e);
    }
  }

  @Override
  public void put(Bytes key, Bytes value) {
    turnstile.enter();
    try {
      advance(key);
      writer.put(key.toArrayShared(), value.toArrayShared());
      count++;
    } catch (RocksDBException e) {
      throw RocksErrors.of("write " + file, file.toString(), e);
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public void delete(Bytes key) {
    turnstile.enter();
    try {
      advance(key);
      writer.delete(key.toArrayShared());
      count++;
    } catch (RocksDBException e) {
      throw RocksErrors.of("write " + file, file.toString(), e);
    } finally {
      turnstile.leave();
    }
  }

  private void advance(Bytes key) {
    Invariant.check(!finished, "a finished file cannot grow");
    Bytes before = last;
    Invariant.check(before == null || before.compareTo(key) < 0, "keys of a file must ascend");
    last = key;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long fileBytes() {
    turnstile.enter();
    try {
      return writer.fileSize();
    } catch (RocksDBException e) {
      throw RocksErrors.of("measure " + file, file.toString(), e);
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public Path finish() {
    turnstile.enter();
    try {
      Invariant.check(count > 0, "a file needs a key");
      writer.finish(); // syncs the file
      finished = true;
      return file;
    } catch (RocksDBException e) {
      throw RocksErrors.of("finish " + file, file.toString(), e);
    } finally {
      turnstile.leave();
    }
  }

  @Override
  public void close() {
    if (!turnstile.shut()) {
      return;
    }
    free();
    if (!finished) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new EngineException("could not remove " + file, false, e);
      }
    }
  }

  private void free() {
    writer.close();
    options.close();
    environment.close();
  }
}
