package dev.terrane.raft;

/** The bytes of this leader's proposals that are not committed: the bound of its log's growth. */
final class UncommittedBytes {
  private final LongRing proposals = new LongRing(); // (index, bytes)
  private final long max;
  private long bytes;

  UncommittedBytes(long max) {
    this.max = max;
  }

  /**
   * Whether {@code more} bytes may be added; always when nothing waits, else nothing large could.
   */
  boolean hasRoomFor(long more) {
    return bytes == 0 || bytes + more <= max;
  }

  void add(long index, long entryBytes) {
    proposals.add(index, entryBytes);
    bytes += entryBytes;
  }

  void committedThrough(long index) {
    while (!proposals.isEmpty() && proposals.firstKey() <= index) {
      bytes -= proposals.firstValue();
      proposals.removeFirst();
    }
  }
}
