package dev.terrane.store;

/** What was written to one Region since it was last reported. Confined to the store loop. */
final class PeerTraffic {
  private long bytesWritten;
  private long keysWritten;

  void written(long bytes, long keys) {
    bytesWritten += bytes;
    keysWritten += keys;
  }

  long bytesWritten() {
    return bytesWritten;
  }

  long keysWritten() {
    return keysWritten;
  }

  void reported() {
    bytesWritten = 0;
    keysWritten = 0;
  }
}
