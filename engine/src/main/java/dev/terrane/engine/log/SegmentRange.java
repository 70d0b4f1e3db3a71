package dev.terrane.engine.log;

import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which segments must be there: from the oldest that was not given back to the newest that was
 * written to. Only so is a segment missed that lies at either end, where it leaves no gap.
 *
 * <p>Kept as the name of an empty file, {@code FIRST-LAST.segments}: renaming it is one step on the
 * disk, and needs neither room nor a file descriptor. The name is durable before a segment gets its
 * first frame, and before the file of the oldest goes.
 *
 * <p>Belongs to the log writer.
 */
final class SegmentRange {
  private static final Pattern NAME = Pattern.compile("(\\d{10})-(\\d{10})\\.segments");

  private final LogDirectory directory;
  private @Nullable String name;

  private SegmentRange(LogDirectory directory, @Nullable String name) {
    this.directory = directory;
    this.name = name;
  }

  /** What {@code names}, the files of {@code directory}, say; nothing in a new one. */
  static SegmentRange in(LogDirectory directory, List<String> names) {
    List<String> found = names.stream().filter(name -> NAME.matcher(name).matches()).toList();
    if (found.size() > 1) {
      throw new LogCorruptException(found.getLast(), 0, "also there is " + found.getFirst());
    }
    return new SegmentRange(directory, found.isEmpty() ? null : found.getFirst());
  }

  /**
   * Checks that {@code segments}, which are in order and without a gap, are all that must be there.
   */
  void check(List<Segment> segments) {
    Matcher range = NAME.matcher(name == null ? "" : name);
    if (!range.matches()) {
      return;
    }
    long first = Long.parseLong(range.group(1));
    long last = Long.parseLong(range.group(2));
    if (segments.isEmpty() || segments.getFirst().number() > first) {
      throw missing(first);
    }
    if (segments.getLast().number() < last) {
      throw missing(segments.getLast().number() + 1);
    }
  }

  static LogCorruptException missing(long number) {
    return new LogCorruptException(
        Segment.nameOf(number),
        0,
        "the segment is missing; put it back, or give this node an empty directory");
  }

  /** Says that it is {@code first} to {@code last}; durable once the directory is synced. */
  void set(long first, long last) throws IOException {
    String newName = "%010d-%010d.segments".formatted(first, last);
    if (name == null) {
      directory.create(newName).close();
    } else if (!newName.equals(name)) {
      directory.rename(name, newName);
    }
    name = newName;
  }
}
