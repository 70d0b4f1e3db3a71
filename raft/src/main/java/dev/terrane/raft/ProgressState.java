package dev.terrane.raft;

/**
 * How a leader replicates to one peer. Transitions: Probe to Replicate when the peer acknowledges;
 * Replicate to Probe when it rejects or is unreachable; either to Snapshot when it needs entries
 * that the log no longer has; Snapshot to Replicate when the peer acknowledges what the log
 * continues from, to Probe when the snapshot failed or is shipped and nothing more is heard.
 */
sealed interface ProgressState {
  String name();

  /** Whether a snapshot is wanted, made or on its way, whose sender will tell how that ends. */
  default boolean isTransferring() {
    return false;
  }

  /** Where the logs agree is unknown: one append at a time, answered before the next. */
  final class Probe implements ProgressState {
    private boolean awaitingAnswer;
    private long sentInRound;

    boolean isAwaitingAnswer() {
      return awaitingAnswer;
    }

    /** {@code round} is the last heartbeat round begun so far. */
    void awaitAnswer(long round) {
      awaitingAnswer = true;
      sentInRound = round;
    }

    /**
     * A heartbeat of {@code round} is answered: if it was sent after the probe, and the probe is
     * not, the probe may be lost. Whether to probe again.
     */
    boolean resumeAfter(long round) {
      if (round <= sentInRound) {
        return false;
      }
      awaitingAnswer = false;
      return true;
    }

    @Override
    public String name() {
      return "Probe";
    }
  }

  /** The logs agree: appends follow one another without waiting, within the window. */
  final class Replicate implements ProgressState {
    private final Inflights inflights = new Inflights();

    Inflights inflights() {
      return inflights;
    }

    @Override
    public String name() {
      return "Replicate";
    }
  }

  /** No appends until a snapshot is there. */
  final class SnapshotTransfer implements ProgressState {
    private long index;
    private boolean shipped;
    private int ticksSinceShipped;

    /** The index of the snapshot under way; 0 while the caller makes it. */
    long index() {
      return index;
    }

    void begin(long snapshotIndex) {
      index = snapshotIndex;
      shipped = false;
    }

    void shipped() {
      shipped = true;
      ticksSinceShipped = 0;
    }

    @Override
    public boolean isTransferring() {
      return !shipped;
    }

    /** One more tick has passed; how many since the snapshot was shipped, 0 if it is not. */
    int tick() {
      return shipped ? ++ticksSinceShipped : 0;
    }

    @Override
    public String name() {
      return "Snapshot";
    }
  }
}
