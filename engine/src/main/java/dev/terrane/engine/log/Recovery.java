package dev.terrane.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the segments of a directory and replays their frames into an index.
 *
 * <p>Frames are numbered through all segments, each is synced before the next one is written, and
 * every segment but the newest holds one. So at most the last frame can be incomplete, and:
 *
 * <ul>
 *   <li>a bad frame with nothing of its segment's life behind it, and no later segment in use, is
 *       the torn tail: it was never acknowledged, and is cut;
 *   <li>any other is corruption: it was acknowledged once, and the log is refused.
 * </ul>
 *
 * <p>A flipped bit in the very last frame cannot be told from a torn one.
 */
final class Recovery {
  private static final int COPY_BYTES = 64 << 10;

  private final LogDirectory directory;
  private final Segments segments;
  private final LogIndex index;
  private long nextSequence = FrameReader.NO_SEQUENCE;
  private long batches;
  private @Nullable Segment lastFrameSegment;
  private int lastFrameOffset;
  private @Nullable Segment cut;
  private @Nullable Segment spare;
  private boolean unfinished;
  private SegmentRange range;

  Recovery(LogDirectory directory, Segments segments, LogIndex index) {
    this.directory = directory;
    this.segments = segments;
    this.index = index;
    this.range = SegmentRange.in(directory, List.of());
  }

  /**
   * Fills segments and index, and changes nothing on the disk: a log that is refused is left as it
   * is.
   */
  void read() throws IOException {
    List<String> names = directory.list();
    unfinished = names.contains(SegmentMaker.UNFINISHED_NAME);
    range = SegmentRange.in(directory, names);
    Segment previous = null;
    for (String name : names.stream().filter(Segment::isName).sorted().toList()) {
      Segment segment = open(name);
      if (previous != null && segment.number() != previous.number() + 1) {
        segment.release();
        throw SegmentRange.missing(previous.number() + 1);
      }
      segments.add(segment);
      previous = segment;
    }
    range.check(segments.byAge());
    for (Segment segment : segments.byAge()) {
      replay(segment);
    }
    if (previous != null) {
      checkTail(previous);
    }
    checkComplete();
  }

  /** Removes what an interrupted write has left, after {@link #read}. */
  LogRecovery settle() throws IOException {
    int read = segments.byAge().size();
    if (unfinished) {
      directory.delete(SegmentMaker.UNFINISHED_NAME);
    }
    directory.sync(); // as with the last frame: names may be known to this system only
    if (read > 0) {
      settleTail(segments.newest());
    }
    return new LogRecovery(
        read, batches, cut == null ? null : cut.name(), cut == null ? 0 : cut.end());
  }

  /** Which segments must be there, as was found. */
  SegmentRange range() {
    return range;
  }

  /** The number of the frame to be written next. */
  long nextSequence() {
    return nextSequence == FrameReader.NO_SEQUENCE ? 1 : nextSequence;
  }

  /** The newest segment, if no frame was written to it yet but to the one before. */
  @Nullable Segment spare() {
    return spare;
  }

  private Segment open(String name) throws IOException {
    LogFile file = directory.open(name);
    try {
      ByteBuffer bytes = ByteBuffer.allocate(LogFormat.SEGMENT_HEADER_BYTES);
      file.read(bytes, 0);
      SegmentHeader header = SegmentHeader.decode(name, bytes.flip());
      if (header.number() != Segment.numberOf(name)) {
        throw new LogCorruptException(name, 0, "this is segment " + header.number());
      }
      if (header.capacity() != file.size()) {
        throw new LogCorruptException(
            name,
            Math.min(file.size(), header.capacity()),
            "the file has %d bytes, not %d".formatted(file.size(), header.capacity()));
      }
      return new Segment(name, header, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void replay(Segment segment) throws IOException {
    FrameReader reader = new FrameReader(segment);
    int frameBytes = reader.verify(segment.end());
    while (frameBytes > 0) {
      long sequence = reader.sequenceAt(segment.end());
      if (nextSequence != FrameReader.NO_SEQUENCE && sequence != nextSequence) {
        throw missing(segment, sequence);
      }
      reader.replay(segment.end(), index);
      lastFrameSegment = segment;
      lastFrameOffset = segment.end();
      segment.end(segment.end() + frameBytes);
      nextSequence = sequence + 1;
      batches++;
      frameBytes = reader.verify(segment.end());
    }
    if (segment.isEmpty() && segment != segments.newest()) {
      throw badFrame(segment);
    }
  }

  /** Frames of the segment before {@code segment} are not there: it ends too early. */
  private LogCorruptException missing(Segment segment, long sequence) {
    Segment before = segments.find(segment.number() - 1);
    Segment damaged = segment.isEmpty() && before != null ? before : segment;
    return new LogCorruptException(
        damaged.name(),
        damaged.end(),
        "frame %d is missing; frame %d follows".formatted(nextSequence, sequence));
  }

  private static LogCorruptException badFrame(Segment segment) {
    return new LogCorruptException(
        segment.name(), segment.end(), "a frame is damaged, and later ones follow it");
  }

  /** Makes sure that nothing follows the last frame but at most one that was never completed. */
  private void checkTail(Segment newest) throws IOException {
    Segment before = segments.find(newest.number() - 1);
    if (newest.isEmpty() && before != null) {
      long sequence = new FrameReader(newest).sequenceAt(newest.end());
      if (sequence > nextSequence) {
        throw badFrame(before);
      }
      checkNothingFollows(before);
    }
    checkNothingFollows(newest);
  }

  private static void checkNothingFollows(Segment segment) throws IOException {
    if (new FrameReader(segment).findHeader(segment.end() + LogFormat.FRAME_ALIGNMENT) >= 0) {
      throw badFrame(segment);
    }
  }

  private void settleTail(Segment newest) throws IOException {
    rewriteLastFrame();
    Segment before = segments.find(newest.number() - 1);
    if (newest.isEmpty() && before != null) {
      cutTail(before);
      cutTail(newest);
      spare = segments.removeNewest();
    } else {
      cutTail(newest);
    }
  }

  private void cutTail(Segment segment) throws IOException {
    if (new FrameReader(segment).sequenceAt(segment.end()) != FrameReader.NO_SEQUENCE) {
      cut = segment;
    }
    clearHeader(segment);
  }

  /** Wipes what is left of an incomplete frame's header: its rest must not complete it later. */
  private static void clearHeader(Segment segment) throws IOException {
    int length = Math.min(LogFormat.FRAME_HEADER_BYTES, segment.capacity() - segment.end());
    ByteBuffer header = ByteBuffer.allocate(length);
    segment.file().read(header, segment.end());
    for (int i = 0; i < length; i++) {
      if (header.get(i) != 0) {
        segment.file().writeZeros(segment.end(), length);
        segment.file().sync();
        return;
      }
    }
  }

  /**
   * Writes the last frame over itself and syncs it. If the process stopped before its sync, or at
   * one that failed, then the system may have it in memory only, and may believe that it has not.
   */
  private void rewriteLastFrame() throws IOException {
    Segment segment = lastFrameSegment;
    if (segment == null) {
      return;
    }
    ByteBuffer chunk = ByteBuffer.allocate(COPY_BYTES);
    for (int at = lastFrameOffset; at < segment.end(); at += COPY_BYTES) {
      chunk.clear().limit(Math.min(COPY_BYTES, segment.end() - at));
      segment.file().read(chunk, at);
      segment.file().write(chunk.flip(), at);
    }
    segment.file().sync();
  }

  private void checkComplete() {
    for (long regionId : index.regions()) {
      RegionLog log = index.find(regionId);
      long hole = log == null ? Long.MAX_VALUE : log.firstHole();
      if (hole != Long.MAX_VALUE) {
        throw new LogCorruptException(
            segments.oldest().name(),
            0,
            "entry %d of region %d is missing".formatted(hole, regionId));
      }
    }
  }
}
