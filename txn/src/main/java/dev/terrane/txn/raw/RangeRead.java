package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the live rows of some ranges, each clamped to the Region, on one snapshot, in slices of
 * bounded rows and bytes.
 *
 * <p>A range must begin in the Region: a client takes a short answer as "the Region has no more",
 * so a silently skipped beginning would be lost data.
 */
abstract class RangeRead<T> extends RegionRead<T> {
  private static final int ROWS_PER_SLICE = 1024;
  private static final int BYTES_PER_SLICE = 1 << 20;

  /** Each costs a search, also where nothing is found. */
  private static final int OPENINGS_PER_SLICE = 64;

  private final List<ScanRange> ranges;
  private final boolean reverse;
  private final List<KeyRange> clamped;

  private int current = -1;

  /** Ranges that were begun in this slice. */
  private int openings;

  private @Nullable Cursor cursor;

  RangeRead(
      RawEnvironment environment,
      RawContext context,
      List<ScanRange> ranges,
      boolean reverse,
      RawReply<T> reply) {
    super(environment, context, context.readMode(), reply);
    this.ranges = ranges;
    this.reverse = reverse;
    this.clamped = new ArrayList<>(ranges.size());
  }

  /**
   * Takes the row under {@link #cursor}, whose value is given where TTL made reading it necessary.
   *
   * @return how many bytes this costs the slice; negative to end the command, by the callee
   */
  abstract long visit(Cursor row, Bytes engineKey, @Nullable Bytes engineValue);

  /** All ranges are exhausted or skipped. */
  abstract void exhausted();

  /** Leaves the rest of the current range out. */
  final void skipRange() {
    release();
  }

  /** Many ranges take a while even to be looked at, and whoever calls may be a loop. */
  @Override
  final void begin() {
    toReadPool();
  }

  /** Clamps all ranges to the Region; false if one does not begin in it, which ends the command. */
  private boolean clamp() {
    Region now = reader().region();
    for (ScanRange range : ranges) {
      Bytes lower = reverse ? range.end() : range.start();
      Bytes upper = reverse ? range.start() : range.end();
      KeyRange engineRange = environment.codec().engineRange(lower, upper);
      Bytes first = reverse ? engineRange.end() : engineRange.start();
      if (!(reverse ? reachesFromAbove(now.range(), first) : now.range().contains(first))) {
        refuse(new RegionError.KeyNotInRegion(first, now.id(), now.range()));
        return false;
      }
      clamped.add(engineRange.intersect(now.range()));
    }
    return true;
  }

  /**
   * Whether the keys right below {@code bound}, where empty is above every key, are in the range.
   */
  private static boolean reachesFromAbove(KeyRange range, Bytes bound) {
    if (bound.isEmpty()) {
      return range.end().isEmpty();
    }
    return range.start().compareTo(bound) <= 0
        && (range.end().isEmpty() || bound.compareTo(range.end()) <= 0);
  }

  @Override
  final void slice() {
    if (clamped.isEmpty() && !clamp()) {
      return;
    }
    long bytes = 0;
    openings = 0;
    for (int rows = 0; rows < ROWS_PER_SLICE && bytes < BYTES_PER_SLICE; rows++) {
      Cursor row = advance();
      if (row == null && openings < OPENINGS_PER_SLICE) {
        exhausted();
        return;
      }
      if (row == null) {
        break;
      }
      Bytes key = row.key();
      Bytes value = environment.hasTtl() ? row.value() : null;
      if (value != null && live(key, value) == null) {
        bytes += key.length();
        continue;
      }
      long cost = visit(row, key, value);
      if (cost < 0) {
        return;
      }
      bytes += cost;
    }
    nextSlice();
  }

  /** The cursor on the next row, or null after the last range, or when the slice is over. */
  private @Nullable Cursor advance() {
    if (cursor != null) {
      if (reverse ? cursor.prev() : cursor.next()) {
        return cursor;
      }
      release();
    }
    while (current + 1 < clamped.size() && openings < OPENINGS_PER_SLICE) {
      KeyRange range = clamped.get(++current);
      if (range.isEmpty()) {
        continue;
      }
      openings++;
      Cursor opened = reader().snapshot().cursor(family, range);
      cursor = opened;
      if (reverse ? opened.seekToLast() : opened.seekToFirst()) {
        return opened;
      }
      release();
    }
    return null;
  }

  @Override
  final void release() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  /** For a visitor that needs the value although TTL did not. */
  final Bytes userValue(Cursor row, @Nullable Bytes engineValue) {
    return environment.codec().userValue(engineValue == null ? row.value() : engineValue);
  }

  final int currentRange() {
    Invariant.check(current >= 0, "no range has been started");
    return current;
  }
}
