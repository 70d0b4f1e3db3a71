package dev.terrane.engine.log;

import java.io.IOException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes segment files: of zeros that are on disk before the file is used, so that a sync of later
 * frames need not record where the file is; or of a dead segment, which is cheaper still. A file
 * gets a segment's name only when it is complete, so that a crash leaves either a good segment or a
 * file to be deleted.
 *
 * <p>Belongs to the log writer.
 */
final class SegmentMaker {
  /** The name of the one file that is not a segment yet. */
  static final String UNFINISHED_NAME = "next.unfinished";

  private final LogDirectory directory;
  private final RandomGenerator lives;
  private final int segmentBytes;
  private @Nullable LogFile unfinished;
  private long unfinishedBytes;
  private @Nullable Segment ready;

  /**
   * @param lives source of the random number that tells one life of a file from another
   */
  SegmentMaker(LogDirectory directory, RandomGenerator lives, int segmentBytes) {
    this.directory = directory;
    this.lives = lives;
    this.segmentBytes = segmentBytes;
  }

  /** The segment that waits to be used, if there is one. */
  @Nullable Segment ready() {
    return ready;
  }

  /** A segment that was made before the log was opened waits to be used. */
  void adopt(Segment segment) {
    ready = segment;
  }

  /** Writes at most {@code bytesMax} towards segment {@code number}, which is next. */
  void step(long number, int bytesMax) throws IOException {
    long left = segmentBytes - unfinishedBytes;
    grow(Math.min(left, bytesMax));
    if (unfinishedBytes == segmentBytes) {
      ready = finish(number, segmentBytes);
    } else {
      file().sync();
    }
  }

  /** The next segment, of at least {@code capacity} unless one of another size was ready. */
  Segment take(long number, int capacity) throws IOException {
    Segment taken = ready;
    if (taken == null) {
      int bytes = Math.max(capacity, segmentBytes);
      grow(bytes - unfinishedBytes);
      taken = finish(number, bytes);
    }
    ready = null;
    return taken;
  }

  /**
   * Does away with a dead segment, which is no longer in use; keeps its file as segment {@code
   * nextNumber} if there is none yet. The directory is synced: of two dead segments the younger
   * must not go before the older.
   */
  void retire(Segment dead, long nextNumber) throws IOException {
    boolean recycle =
        ready == null && unfinished == null && dead.capacity() == segmentBytes && dead.surrender();
    if (recycle) {
      directory.rename(dead.name(), UNFINISHED_NAME);
      directory.sync(); // before its header says that it is another one
      unfinished = dead.file();
      unfinishedBytes = segmentBytes;
      ready = finish(nextNumber, segmentBytes);
    } else {
      directory.delete(dead.name());
      directory.sync();
      dead.release();
    }
  }

  void close() throws IOException {
    if (unfinished != null) {
      unfinished.close();
    }
    if (ready != null) {
      ready.release();
    }
  }

  private void grow(long bytes) throws IOException {
    try {
      file().writeZeros(unfinishedBytes, bytes);
      unfinishedBytes += bytes;
    } catch (IOException e) {
      abandon();
      throw new LogFullException(
          "no room for a segment of %d bytes: %s".formatted(segmentBytes, e.getMessage()), 0, e);
    }
  }

  private LogFile file() throws IOException {
    if (unfinished == null) {
      unfinished = directory.create(UNFINISHED_NAME);
      unfinishedBytes = 0;
    }
    return unfinished;
  }

  private void abandon() throws IOException {
    if (unfinished != null) {
      LogFile file = unfinished;
      unfinished = null;
      unfinishedBytes = 0;
      file.close();
      directory.delete(UNFINISHED_NAME);
    }
  }

  private Segment finish(long number, int capacity) throws IOException {
    SegmentHeader header = new SegmentHeader(number, lives.nextLong(), capacity);
    LogFile file = file();
    file.write(header.encode(), 0);
    file.sync();
    String name = Segment.nameOf(number);
    directory.rename(UNFINISHED_NAME, name);
    directory.sync();
    unfinished = null;
    unfinishedBytes = 0;
    return new Segment(name, header, file);
  }
}
