package dev.terrane.raft;

/** The appends to one peer that are sent but not answered: the window of flow control. */
final class Inflights {
  private final LongRing sent = new LongRing(); // (last index, bytes)
  private long bytes;

  void add(long lastIndex, long appendBytes) {
    sent.add(lastIndex, appendBytes);
    bytes += appendBytes;
  }

  /** Everything through {@code index} has been answered. */
  void releaseThrough(long index) {
    while (!sent.isEmpty() && sent.firstKey() <= index) {
      bytes -= sent.firstValue();
      sent.removeFirst();
    }
  }

  boolean isFull(RaftConfig config) {
    return sent.size() >= config.inflightMessagesMax() || bytes >= config.inflightBytesMax();
  }
}
