package dev.terrane.engine.log;

/**
 * Bounds what the {@link CachedTail}s of all Regions hold together: the entries that were appended
 * first go first. Entries often share the array of the message that brought them; going by age lets
 * such arrays go whole.
 *
 * <p>Belongs to the log writer, except for {@link #bytes}.
 */
final class EntryCache {
  private static final int TOKENS_MAX = 1 << 16;

  private final long bytesMax;

  /**
   * A ring of pairs, one for each append: Region and last index. May outlive what it stands for.
   */
  private long[] tokens = new long[2 * 64];

  private int head;
  private int count;
  private volatile long bytes;

  EntryCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  boolean isOff() {
    return bytesMax == 0;
  }

  long bytes() {
    return bytes;
  }

  /** Entries of a Region, up to and including {@code lastIndex}, were added at this cost. */
  void added(long regionId, long lastIndex, long cost, LogIndex index) {
    charge(cost);
    if (count == tokens.length / 2) {
      if (count < TOKENS_MAX) {
        grow();
      } else {
        evictOldest(index); // else tokens of entries released long since would pile up
      }
    }
    int slot = slot(count);
    tokens[slot] = regionId;
    tokens[slot + 1] = lastIndex;
    count++;
    while (bytes > bytesMax && count > 0) {
      evictOldest(index);
    }
  }

  void freed(long cost) {
    charge(-cost);
  }

  private void charge(long cost) {
    long now = bytes; // one writer; volatile for the figures
    bytes = now + cost;
  }

  private void evictOldest(LogIndex index) {
    RegionLog log = index.find(tokens[head]);
    if (log != null) {
      freed(log.evictThrough(tokens[head + 1]));
    }
    head = slot(1);
    count--;
  }

  private int slot(int position) {
    return head + 2 * position & tokens.length - 1; // the length is a power of two
  }

  private void grow() {
    long[] grown = new long[tokens.length * 2];
    for (int i = 0; i < count; i++) {
      grown[2 * i] = tokens[slot(i)];
      grown[2 * i + 1] = tokens[slot(i) + 1];
    }
    tokens = grown;
    head = 0;
  }
}
