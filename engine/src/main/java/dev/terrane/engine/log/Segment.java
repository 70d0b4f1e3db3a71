package dev.terrane.engine.log;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open segment file and what is known of its content.
 *
 * <p>The log writer owns it. Readers of entries hold it by {@link #retain} while they read, so that
 * it is not closed or written over under them.
 */
final class Segment {
  private static final String SUFFIX = ".raftlog";

  private final String name;
  private final SegmentHeader header;
  private final LogFile file;

  /** The owner's claim and one for each reader; at zero the file is nobody's. */
  private final AtomicInteger claims = new AtomicInteger(1);

  private volatile int end = LogFormat.SEGMENT_HEADER_BYTES;
  private volatile long liveBytes;
  private volatile long liveEntries;

  Segment(String name, SegmentHeader header, LogFile file) {
    this.name = name;
    this.header = header;
    this.file = file;
  }

  static String nameOf(long number) {
    return String.format("%010d%s", number, SUFFIX);
  }

  /** Whether a file of this name is a segment; what is being prepared has another name. */
  static boolean isName(String name) {
    return name.matches("\\d{10}" + SUFFIX.replace(".", "\\."));
  }

  static long numberOf(String name) {
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  String name() {
    return name;
  }

  long number() {
    return header.number();
  }

  long life() {
    return header.life();
  }

  int capacity() {
    return header.capacity();
  }

  LogFile file() {
    return file;
  }

  /** Where the next frame goes: behind the last one. */
  int end() {
    return end;
  }

  void end(int newEnd) {
    end = newEnd;
  }

  boolean isEmpty() {
    return end == LogFormat.SEGMENT_HEADER_BYTES;
  }

  boolean hasRoomFor(long bytes) {
    return bytes <= capacity() - end;
  }

  /** What is still needed of this segment; see {@link LogFigures#liveBytes}. */
  long liveBytes() {
    return liveBytes;
  }

  void addLive(long bytes) {
    long now = liveBytes; // one writer; volatile for the figures
    liveBytes = now + bytes;
  }

  /** How many entries in this segment are held. */
  long liveEntries() {
    return liveEntries;
  }

  void addLiveEntries(long entries) {
    long now = liveEntries;
    liveEntries = now + entries;
  }

  /** Keeps the file open until {@link #release}; false if it is gone already. */
  boolean retain() {
    int now;
    do {
      now = claims.get();
      if (now == 0) {
        return false;
      }
    } while (!claims.compareAndSet(now, now + 1));
    return true;
  }

  /** Gives up a claim; the last one closes the file. */
  void release() throws IOException {
    if (claims.decrementAndGet() == 0) {
      file.close();
    }
  }

  /** Ends this segment's life without closing its file; false if a reader still holds it. */
  boolean surrender() {
    return claims.compareAndSet(1, 0);
  }
}
