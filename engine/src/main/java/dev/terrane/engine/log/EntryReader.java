package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries from segment files and verifies them. Neighbours in a file are read together.
 *
 * <p>Thread-safe: holds nothing but the table of segments.
 */
final class EntryReader {
  private static final int READ_BYTES_MAX = 256 << 10;

  /**
   * What may lie between two entries that are read together: a frame's end and the next's start.
   */
  private static final int GAP_BYTES_MAX = 512;

  private final Segments segments;

  EntryReader(Segments segments) {
    this.segments = segments;
  }

  /** The entries in {@code slots}, or null if upkeep has moved one of them since: look again. */
  @Nullable List<Entry> read(long regionId, EntrySlots slots) {
    List<Entry> entries = new ArrayList<>();
    long index = slots.firstIndex();
    while (slots.holds(index)) {
      Segment segment = segments.find(Location.segment(slots.location(index)));
      if (segment == null || !segment.retain()) {
        return null;
      }
      try {
        index = readRun(regionId, segment, slots, index, entries);
      } catch (IOException e) {
        throw new LogFailedException("cannot read " + segment.name(), e);
      } finally {
        release(segment);
      }
    }
    return entries;
  }

  /** Reads from {@code index} on what is close together; returns the index that follows. */
  private long readRun(
      long regionId, Segment segment, EntrySlots slots, long index, List<Entry> target)
      throws IOException {
    int start = Location.offset(slots.location(index));
    int end = endOf(slots, index);
    long next = index + 1;
    while (slots.holds(next) && Location.segment(slots.location(next)) == segment.number()) {
      int gap = Location.offset(slots.location(next)) - end;
      if (gap < 0 || gap > GAP_BYTES_MAX || endOf(slots, next) - start > READ_BYTES_MAX) {
        break;
      }
      end = endOf(slots, next);
      next++;
    }
    Run run = Run.read(segment, start, end - start);
    for (long i = index; i < next; i++) {
      target.add(run.decode(regionId, i, slots.shape(i), Location.offset(slots.location(i))));
    }
    return next;
  }

  private static int endOf(EntrySlots slots, long index) {
    return Location.offset(slots.location(index))
        + LogFormat.ENTRY_HEADER_BYTES
        + Shape.dataBytes(slots.shape(index));
  }

  private static void release(Segment segment) {
    try {
      segment.release();
    } catch (IOException e) {
      throw new LogFailedException("cannot close " + segment.name(), e);
    }
  }

  /** Bytes of a segment that hold entries. */
  private static final class Run {
    private final Segment segment;
    private final int start;
    private final byte[] array;
    private final ByteBuffer bytes;
    private final Checksums checksums = new Checksums();

    private Run(Segment segment, int start, byte[] array) {
      this.segment = segment;
      this.start = start;
      this.array = array;
      bytes = ByteBuffer.wrap(array);
      checksums.salt(segment);
    }

    static Run read(Segment segment, int start, int length) throws IOException {
      byte[] array = new byte[length];
      ByteBuffer target = ByteBuffer.wrap(array);
      segment.file().read(target, start);
      if (target.hasRemaining()) {
        throw new LogCorruptException(
            segment.name(), start + target.position(), "the file ends within an entry");
      }
      return new Run(segment, start, array);
    }

    Entry decode(long regionId, long index, long shape, int offset) {
      int at = offset - start;
      int dataBytes = bytes.getInt(at);
      long term = bytes.getLong(at + 4);
      byte kind = bytes.get(at + 12);
      if (dataBytes != Shape.dataBytes(shape) || term != Shape.term(shape)) {
        throw new LogCorruptException(
            segment.name(), offset, "not entry %d of region %d".formatted(index, regionId));
      }
      int dataAt = at + LogFormat.ENTRY_HEADER_BYTES;
      checksums.entry(regionId, index, dataBytes, term, kind);
      checksums.data(array, dataAt, dataBytes);
      if (bytes.getInt(at + 13) != checksums.ofEntry()) {
        throw new LogCorruptException(
            segment.name(),
            offset,
            "the checksum of entry %d of region %d does not match".formatted(index, regionId));
      }
      return new Entry(index, term, EntryKind.ofCode(kind), Bytes.wrap(array, dataAt, dataBytes));
    }
  }
}
