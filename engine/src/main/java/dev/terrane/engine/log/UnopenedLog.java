package dev.terrane.engine.log;

import dev.terrane.common.TimeSource;
import java.io.IOException;
import java.util.random.RandomGenerator;

/**
 * The Raft log of a directory, read and found to be whole, before anything in the directory is
 * changed: so that whoever needs other things beside it can look at all of them first. A directory
 * without a log is read as a blank one.
 *
 * <p>Ends by {@link #open} or by {@link #close}.
 */
public final class UnopenedLog implements AutoCloseable {
  final LogDirectory directory;
  final Segments segments = new Segments();
  final EntryCache cache;
  final LogIndex index;
  final Recovery recovery;
  private final RaftLogOptions options;
  private boolean ended;

  private UnopenedLog(LogDirectory directory, RaftLogOptions options) {
    this.directory = directory;
    this.options = options;
    cache = new EntryCache(options.cacheBytes());
    index = new LogIndex(segments, cache);
    recovery = new Recovery(directory, segments, index);
  }

  /**
   * Reads the log in {@code directory}, and takes the directory over: it is closed with the log, or
   * if this fails.
   *
   * @throws LogCorruptException a file is damaged, in another way than a crash does it, or missing
   * @throws LogFormatException a file is of a newer format
   * @throws LogFailedException the disk failed
   */
  public static UnopenedLog read(LogDirectory directory, RaftLogOptions options) {
    UnopenedLog log = new UnopenedLog(directory, options);
    try {
      log.recovery.read();
      return log;
    } catch (IOException e) {
      throw closing(log, new LogFailedException("cannot read the Raft log", e));
    } catch (RuntimeException e) {
      throw closing(log, e);
    }
  }

  /** Closes {@code what} because of {@code failure}, which is what is to be told. */
  private static RuntimeException closing(AutoCloseable what, RuntimeException failure) {
    try {
      what.close();
    } catch (Exception second) {
      failure.addSuppressed(second);
    }
    return failure;
  }

  /** Whether nothing was ever written. */
  public boolean isBlank() {
    return segments.byAge().stream().allMatch(Segment::isEmpty);
  }

  /** Whether it holds anything of a Region. */
  public boolean hasRegions() {
    return !index.regions().isEmpty();
  }

  /**
   * Opens the log, or begins one. The directory is closed if this fails.
   *
   * @param lives where the random number comes from that tells one life of a file from another
   * @throws LogFullException there is no room for the first segment
   * @throws LogFailedException the disk failed
   */
  public SegmentedRaftLog open(TimeSource time, RandomGenerator lives) {
    ended = true; // the files are the new log's, which closes them if it cannot begin
    try {
      return new SegmentedRaftLog(this, options, time, lives);
    } catch (IOException e) {
      throw closing(directory, new LogFailedException("cannot open the Raft log", e));
    } catch (RuntimeException e) {
      throw closing(directory, e);
    }
  }

  /** Lets go of what was read, unless it has been opened. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      try (directory) {
        for (Segment segment : segments.byAge()) {
          segment.release();
        }
      } catch (IOException e) {
        throw new LogFailedException("cannot close the Raft log", e);
      }
    }
  }
}
