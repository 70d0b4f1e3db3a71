package dev.terrane.engine.log;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Invariant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments in use, numbered without a gap: frames are appended to the newest, space is given
 * back at the oldest. That order is what makes removal simple: whatever cancels an older record (a
 * release, a destruction) is still there as long as that record is.
 *
 * <p>Changed by the log writer, looked up by any thread.
 */
final class Segments {
  private volatile List<Segment> byAge = List.of();

  void add(Segment segment) {
    check(
        byAge.isEmpty() || segment.number() == newest().number() + 1,
        "segment %d does not follow the newest",
        segment.number());
    List<Segment> grown = new ArrayList<>(byAge);
    grown.add(segment);
    byAge = List.copyOf(grown);
  }

  Segment removeOldest() {
    List<Segment> now = byAge;
    check(now.size() > 1, "the newest segment is in use");
    byAge = List.copyOf(now.subList(1, now.size()));
    return now.getFirst();
  }

  /** Takes out the newest, which is empty: it waits to be used. */
  Segment removeNewest() {
    List<Segment> now = byAge;
    byAge = List.copyOf(now.subList(0, now.size() - 1));
    return now.getLast();
  }

  List<Segment> byAge() {
    return byAge;
  }

  Segment oldest() {
    return byAge.getFirst();
  }

  Segment newest() {
    return byAge.getLast();
  }

  /** The segment of this number, or null if it was removed. */
  @Nullable Segment find(long number) {
    List<Segment> now = byAge;
    long position = now.isEmpty() ? -1 : number - now.getFirst().number();
    return position < 0 || position >= now.size() ? null : now.get((int) position);
  }

  /** Accounts for {@code bytes} more (or less) that are needed of segment {@code number}. */
  void addLive(long number, long bytes) {
    existing(number).addLive(bytes);
  }

  /** The same for an entry, of which {@code bytes} are needed. */
  void addEntry(long number, long bytes) {
    Segment segment = existing(number);
    segment.addLive(bytes);
    segment.addLiveEntries(1);
  }

  void removeEntry(long number, long bytes) {
    Segment segment = existing(number);
    segment.addLive(-bytes);
    segment.addLiveEntries(-1);
  }

  private Segment existing(long number) {
    Segment segment = find(number);
    if (segment == null) {
      throw Invariant.violated("live data in segment %d, which is gone", number);
    }
    return segment;
  }

  /**
   * The newest of the oldest segments that together have {@code bytes} of files and {@code entries}
   * held entries; the one in use is never among them. 0 if there is nothing to give back.
   */
  long lastOfOldest(long bytes, long entries) {
    List<Segment> now = byAge;
    long bytesLeft = bytes;
    long entriesLeft = entries;
    long last = 0;
    for (int i = 0; i < now.size() - 1 && (bytesLeft > 0 || entriesLeft > 0); i++) {
      Segment segment = now.get(i);
      bytesLeft -= segment.capacity();
      entriesLeft -= segment.liveEntries();
      last = segment.number();
    }
    return last;
  }

  long totalBytes() {
    return byAge.stream().mapToLong(Segment::capacity).sum();
  }

  long liveBytes() {
    return byAge.stream().mapToLong(Segment::liveBytes).sum();
  }
}
