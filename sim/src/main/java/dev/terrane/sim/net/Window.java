package dev.terrane.sim.net;

/**
 * The sender's side of flow control: how much has been sent and not yet been taken by the other
 * side's code. Past a threshold the sender is asked to wait.
 */
final class Window {
  private int thresholdBytes;
  private long outstandingBytes;

  Window(int thresholdBytes) {
    this.thresholdBytes = thresholdBytes;
  }

  void threshold(int newThresholdBytes) {
    thresholdBytes = newThresholdBytes;
  }

  boolean isOpen() {
    return outstandingBytes < thresholdBytes;
  }

  /** Whether the other side has taken all. */
  boolean isEmpty() {
    return outstandingBytes == 0;
  }

  void sent(int bytes) {
    outstandingBytes += bytes;
  }

  /** Returns whether this has opened the window. */
  boolean taken(int bytes) {
    boolean wasOpen = isOpen();
    outstandingBytes -= bytes;
    return !wasOpen && isOpen();
  }
}
