package dev.terrane.engine.log.memory;

import dev.terrane.engine.log.LogDirectory;
import dev.terrane.engine.log.LogFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory with one directory. It outlives those who open it: {@link #restart} and {@link
 * #losePower} leave what a process finds when it starts again, and whoever had files open finds
 * them dead.
 *
 * <p>Thread-safe, by one lock.
 */
public final class MemoryLogDirectory implements LogDirectory {
  private final DiskFaults faults;
  private long capacityBytes;
  private Map<String, FileContent> files = new TreeMap<>();
  private final Map<String, FileContent> syncedFiles = new TreeMap<>();

  /** Changes of names since the last sync of the directory, in order. */
  private final List<NameChange> unsynced = new ArrayList<>();

  private int life;

  /** {@code from} is null for a creation, {@code to} for a deletion. */
  private record NameChange(@Nullable String from, @Nullable String to, FileContent content) {
    void apply(Map<String, FileContent> files) {
      if (from != null) {
        files.remove(from);
      }
      if (to != null) {
        files.put(to, content);
        content.name(to);
      }
    }
  }

  /** A disk without faults and without an end. */
  public MemoryLogDirectory() {
    this(DiskFaults.NONE, Long.MAX_VALUE);
  }

  /**
   * @param capacityBytes what all files together can take; past it writes fail
   */
  public MemoryLogDirectory(DiskFaults faults, long capacityBytes) {
    this.faults = faults;
    this.capacityBytes = capacityBytes;
  }

  // ---- what happens to disks

  /** The process ended: its files are closed, and nothing is lost. */
  public synchronized void restart() {
    life++;
  }

  /**
   * The power failed: of what was not synced, anything may be lost; of changes to names, the last
   * ones.
   */
  public synchronized void losePower(RandomGenerator random) {
    life++;
    for (NameChange change : unsynced.subList(0, random.nextInt(unsynced.size() + 1))) {
      change.apply(syncedFiles);
    }
    unsynced.clear();
    files = new TreeMap<>(syncedFiles);
    for (FileContent content : files.values()) {
      content.losePower(random);
    }
  }

  /** A directory with a copy of each file as it is now. */
  public synchronized MemoryLogDirectory copy() {
    MemoryLogDirectory copy = new MemoryLogDirectory();
    copy.putBack(files);
    return copy;
  }

  /** Somebody puts a copy of {@code other} in the place of what was here. */
  public synchronized void putBack(MemoryLogDirectory other) {
    Map<String, FileContent> from;
    synchronized (other) {
      from = new TreeMap<>(other.files);
    }
    putBack(from);
  }

  private void putBack(Map<String, FileContent> from) {
    life++;
    unsynced.clear();
    syncedFiles.clear();
    from.forEach((name, content) -> syncedFiles.put(name, content.copy()));
    files = new TreeMap<>(syncedFiles);
  }

  /** A bit changed by itself. */
  public synchronized void flipBit(String name, long position, int bit) throws IOException {
    content(name).flipBit(position, bit);
  }

  /** Somebody cut the file off. */
  public synchronized void truncate(String name, long size) throws IOException {
    content(name).truncate(size);
  }

  /** From now on all files together can take {@code bytes}; what is there stays. */
  public synchronized void setCapacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** How much all files take together. */
  public synchronized long usedBytes() {
    return files.values().stream().mapToLong(FileContent::size).sum();
  }

  /** The size of a file. */
  public synchronized long size(String name) throws IOException {
    return content(name).size();
  }

  // ---- the directory

  @Override
  public synchronized List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized LogFile create(String name) throws IOException {
    faults.before(DiskCall.CREATE, name);
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    FileContent content = new FileContent(name);
    change(new NameChange(null, name, content));
    return new Handle(content);
  }

  @Override
  public synchronized LogFile open(String name) throws IOException {
    faults.before(DiskCall.OPEN, name);
    return new Handle(content(name));
  }

  @Override
  public synchronized void rename(String name, String newName) throws IOException {
    faults.before(DiskCall.RENAME, name);
    if (files.containsKey(newName)) {
      throw new FileAlreadyExistsException(newName);
    }
    change(new NameChange(name, newName, content(name)));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    faults.before(DiskCall.DELETE, name);
    change(new NameChange(name, null, content(name)));
  }

  @Override
  public synchronized void sync() throws IOException {
    faults.before(DiskCall.SYNC_DIRECTORY, "");
    unsynced.forEach(change -> change.apply(syncedFiles));
    unsynced.clear();
  }

  @Override
  public void close() {}

  private void change(NameChange change) {
    change.apply(files);
    unsynced.add(change);
  }

  private FileContent content(String name) throws IOException {
    FileContent content = files.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return content;
  }

  private void checkRoom(FileContent content, long newSize) throws IOException {
    if (capacityBytes != Long.MAX_VALUE
        && usedBytes() + Math.max(0, newSize - content.size()) > capacityBytes) {
      throw new IOException("no space left on the disk");
    }
  }

  /** An open file. */
  private final class Handle implements LogFile {
    private final FileContent content;
    private final int openedIn = life;
    private boolean closed;

    Handle(FileContent content) {
      this.content = content;
    }

    @Override
    public long size() throws IOException {
      synchronized (MemoryLogDirectory.this) {
        checkOpen();
        return content.size();
      }
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
      synchronized (MemoryLogDirectory.this) {
        checkOpen();
        faults.before(DiskCall.READ, content.name());
        content.read(target, position);
      }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (MemoryLogDirectory.this) {
        checkOpen();
        faults.before(DiskCall.WRITE, content.name());
        checkRoom(content, position + source.remaining());
        content.write(source, position);
      }
    }

    @Override
    public void writeZeros(long position, long length) throws IOException {
      synchronized (MemoryLogDirectory.this) {
        checkOpen();
        faults.before(DiskCall.WRITE, content.name());
        checkRoom(content, position + length);
        content.writeZeros(position, length);
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (MemoryLogDirectory.this) {
        checkOpen();
        faults.before(DiskCall.SYNC, content.name());
        content.sync();
      }
    }

    @Override
    public void close() {
      synchronized (MemoryLogDirectory.this) {
        closed = true;
      }
    }

    private void checkOpen() throws IOException {
      if (closed || openedIn != life) {
        throw new IOException(content.name() + " is closed");
      }
    }
  }
}
