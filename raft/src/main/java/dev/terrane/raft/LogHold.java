package dev.terrane.raft;

/**
 * Log that a leader keeps for one peer from the moment that a snapshot for it is opened until the
 * peer has caught up from there. Without it the log could be released past the snapshot while that
 * is on its way, and the peer would need another one when it arrives.
 *
 * <p>Catching up goes by stretches: the first is what was appended while the snapshot travelled.
 * What is appended during one stretch is the next, as long as they get shorter; a peer that is no
 * faster than the writes is let go, and has what log is kept for anybody.
 *
 * <p>Ends also when the snapshot fails, when the peer turns out not to have it, or when nothing is
 * heard of the peer for long; with the leadership in any case.
 */
final class LogHold {
  /** After so many election timeouts without a sign of life. */
  private static final int SILENT_CHECKS_MAX = 16;

  /** The log behind this index stays. */
  private long index;

  /** The last entry of the present stretch; 0 while the snapshot travels. */
  private long stretchEnd;

  private long stretchLength;
  private int silentChecks;

  /** The snapshot is about to be opened, and will be of {@code applied} or later. */
  LogHold(long applied) {
    index = applied;
  }

  long index() {
    return index;
  }

  /** The snapshot is of {@code snapshotIndex}. */
  void opened(long snapshotIndex) {
    index = Math.max(index, snapshotIndex);
  }

  /** The peer has everything through {@code match}. Whether it still needs the log held. */
  boolean advance(long match, long lastIndex) {
    if (match < index) {
      return true;
    }
    index = match;
    if (match < stretchEnd) {
      return true;
    }
    long next = lastIndex - match;
    boolean first = stretchEnd == 0;
    if (next == 0 || (!first && next > stretchLength - Math.ceilDiv(stretchLength, 8))) {
      return false;
    }
    stretchEnd = lastIndex;
    stretchLength = next;
    return true;
  }

  /** One more election timeout has passed. Whether the peer is still to be waited for. */
  boolean check(boolean heard) {
    silentChecks = heard ? 0 : silentChecks + 1;
    return silentChecks < SILENT_CHECKS_MAX;
  }
}
