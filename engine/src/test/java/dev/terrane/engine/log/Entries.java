package dev.terrane.engine.log;

import dev.terrane.common.Bytes;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.raft.LogRead;
import java.util.ArrayList;
import java.util.List;

/** Entries for tests, and how to get them back. */
final class Entries {
  private Entries() {}

  static Entry entry(long index, long term, String data) {
    return new Entry(index, term, EntryKind.NORMAL, Bytes.ofUtf8(data));
  }

  /** Entries {@code first} to {@code last} of one term, each with data of {@code dataBytes}. */
  static List<Entry> run(long first, long last, long term, int dataBytes) {
    List<Entry> entries = new ArrayList<>();
    for (long index = first; index <= last; index++) {
      byte[] data = new byte[dataBytes];
      for (int i = 0; i < dataBytes; i++) {
        data[i] = (byte) (31 * index + 7 * term + i);
      }
      entries.add(new Entry(index, term, EntryKind.NORMAL, Bytes.wrap(data)));
    }
    return entries;
  }

  /** All entries that the log holds of the Region. */
  static List<Entry> all(RaftLogEngine log, long regionId) {
    long first = log.firstIndex(regionId);
    long end = log.lastIndex(regionId) + 1;
    return first == end ? List.of() : read(log, regionId, first, end, Long.MAX_VALUE);
  }

  static List<Entry> read(RaftLogEngine log, long regionId, long start, long end, long bytesMax) {
    return switch (log.entries(regionId, start, end, bytesMax)) {
      case LogRead.Found found -> found.entries();
      case LogRead.Compacted compacted -> throw new AssertionError(compacted.toString());
    };
  }
}
