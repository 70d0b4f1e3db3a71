package dev.terrane.engine.memory;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.engine.EngineClosedException;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.SstWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Gathers a {@link MemorySst} in memory and stores it whole. */
final class MemorySstWriter implements SstWriter {
  private final SstStorage storage;
  private final Path file;
  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private @Nullable Bytes last;
  private int count;
  private boolean finished;
  private boolean closed;

  MemorySstWriter(SstStorage storage, Path file) {
    if (storage.exists(file)) {
      throw new EngineException(file + " exists already", false, null);
    }
    this.storage = storage;
    this.file = file;
  }

  @Override
  public void put(Bytes key, Bytes value) {
    add(key, value.length());
    entries.write(value.backingArray(), value.offset(), value.length());
  }

  @Override
  public void delete(Bytes key) {
    add(key, MemorySst.DELETED);
  }

  private void add(Bytes key, int valueLength) {
    if (closed) {
      throw new EngineClosedException("file writer");
    }
    Invariant.check(!finished, "a finished file cannot grow");
    Bytes before = last;
    Invariant.check(before == null || before.compareTo(key) < 0, "keys of a file must ascend");
    last = key;
    count++;
    entries.writeBytes(ByteBuffer.allocate(8).putInt(key.length()).putInt(valueLength).array());
    entries.write(key.backingArray(), key.offset(), key.length());
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public long fileBytes() {
    return (long) MemorySst.HEADER_BYTES + entries.size() + MemorySst.CHECKSUM_BYTES;
  }

  @Override
  public Path finish() {
    Invariant.check(count > 0, "a file needs a key");
    Invariant.check(!finished, "a file is finished once");
    byte[] body =
        ByteBuffer.allocate(MemorySst.HEADER_BYTES + entries.size())
            .putInt(MemorySst.VERSION)
            .putInt(count)
            .put(entries.toByteArray())
            .array();
    int checksum = MemorySst.checksum(Bytes.wrap(body));
    byte[] content =
        ByteBuffer.allocate(body.length + MemorySst.CHECKSUM_BYTES)
            .put(body)
            .putInt(checksum)
            .array();
    try {
      storage.create(file, Bytes.wrap(content));
    } catch (IOException e) {
      throw new EngineException("could not write " + file, true, e);
    }
    finished = true;
    return file;
  }

  @Override
  public void close() {
    closed = true; // nothing is stored before finish
  }
}
