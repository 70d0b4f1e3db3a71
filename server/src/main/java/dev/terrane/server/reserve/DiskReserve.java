package dev.terrane.server.reserve;

import dev.terrane.server.net.LoopExecutor;
import dev.terrane.store.DiskExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code reserve} of a data directory, which is there to be deleted: by a start that finds
 * the disk nearly full. It is made again, a little at a time, while the disk has more room than
 * clients' writes need.
 *
 * <p>Nothing in it is ever read, so that nothing of it needs to be synced, and a part of it is as
 * good as it is long.
 *
 * <p>{@link #makeRoom} before anything is opened, {@link #keep} afterwards; thread-safe.
 */
public final class DiskReserve implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DiskReserve.class);

  static final String NAME = "reserve";

  /**
   * What a start writes beside the tables of what RocksDB had in memory: a segment of the store's
   * Raft log, which counts its starts there, and one more for the first deletes; a segment of PD's;
   * RocksDB's manifest, options and log.
   */
  private static final long BESIDE_TABLES_BYTES = (2 * 16 + 8) << 20;

  /**
   * Left to others beyond the reserve: twice what a store keeps for deletes when it begins to
   * refuse writes, so that the reserve itself never brings that about.
   */
  static final long LEFT_BYTES = 512L << 20;

  /** A node that ends before has hardly written anything. */
  private static final long FIRST_AFTER_MILLIS = 10_000;

  /** While it grows: so slowly that nobody's writes wait for it. */
  private static final long GROWS_AFTER_MILLIS = 500;

  private static final long LOOKS_AFTER_MILLIS = 60_000;
  static final int STEP_BYTES = 4 << 20;

  private final Path file;
  private final long wantedBytes;
  private final FreeRoom room;
  private boolean closed;

  /** How much may still be written on the disk. */
  @FunctionalInterface
  interface FreeRoom {
    long bytes() throws IOException;
  }

  /**
   * The reserve of a node.
   *
   * @param directory of the node, which is there
   * @param memtableBytes what RocksDB may hold in memory, and so has to write when it is opened
   *     after a kill; 0 without a store
   * @param wanted whether there is to be one at all
   */
  public static DiskReserve of(Path directory, long memtableBytes, boolean wanted)
      throws IOException {
    var disk = Files.getFileStore(directory);
    return new DiskReserve(
        directory, wanted ? memtableBytes + BESIDE_TABLES_BYTES : 0, disk::getUsableSpace);
  }

  DiskReserve(Path directory, long wantedBytes, FreeRoom room) {
    this.file = directory.resolve(NAME);
    this.wantedBytes = wantedBytes;
    this.room = room;
  }

  /** Gives the file's room back where there is less than a start may need. */
  public synchronized void makeRoom() throws IOException {
    long free = room.bytes();
    if (Files.exists(file) && free < Math.max(wantedBytes, BESIDE_TABLES_BYTES)) {
      long bytes = Files.size(file);
      Files.delete(file);
      log.warn(
          "the disk has {} bytes left; gave it the {} bytes of {} to start with. Free some room:"
              + " the file is made again when there is enough",
          free,
          bytes,
          file);
    }
  }

  /** Makes the file in the background, and again whenever there is room for it. */
  public void keep(LoopExecutor loop, DiskExecutor io) {
    again(loop, io, FIRST_AFTER_MILLIS);
  }

  private void again(LoopExecutor loop, DiskExecutor io, long millis) {
    loop.after(
        millis,
        () -> {
          synchronized (this) {
            if (!closed) {
              io.submit(
                  "disk-reserve",
                  () -> again(loop, io, step() ? GROWS_AFTER_MILLIS : LOOKS_AFTER_MILLIS));
            }
          }
        });
  }

  /** Brings the file nearer to what is wanted; returns whether there is more to do soon. */
  synchronized boolean step() {
    if (closed) {
      return false;
    }
    try {
      long bytes = Files.exists(file) ? Files.size(file) : 0;
      if (bytes > wantedBytes) {
        Files.delete(file); // the node has less memory than before, or none is wanted
        return wantedBytes > 0;
      }
      int more = (int) Math.min(STEP_BYTES, wantedBytes - bytes);
      if (more == 0 || room.bytes() < LEFT_BYTES + (wantedBytes - bytes)) {
        return false;
      }
      append(more);
      return bytes + more < wantedBytes;
    } catch (IOException e) {
      log.warn("{} could not be made: {}", file, e.toString());
      return false;
    }
  }

  private void append(int bytes) throws IOException {
    byte[] content = new byte[64 << 10];
    new SplittableRandom(1).nextBytes(content); // of zeros some file systems keep nothing
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int left = bytes; left > 0; ) {
        left -= channel.write(ByteBuffer.wrap(content, 0, Math.min(left, content.length)));
      }
    }
  }

  /** The file stays. Before {@code io} is closed. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
