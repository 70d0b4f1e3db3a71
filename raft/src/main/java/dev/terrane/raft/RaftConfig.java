package dev.terrane.raft;

/**
 * The limits and timings of a peer, the same for all peers of a group. Times are in ticks of {@link
 * RawNode#tick}.
 *
 * <p>A voter that has heard from its leader helps nobody else to be elected for {@code
 * electionTicksMin} full tick intervals. A leader's lease must be shorter than that many intervals
 * by what clocks may drift.
 *
 * @param electionTicksMin a follower waits for more than this many ticks before it campaigns
 * @param electionTicksMax and at most for this many; the wait is drawn anew each time
 * @param heartbeatTicks between heartbeat rounds; less than {@code electionTicksMin}
 * @param preVote ask before campaigning, so that a peer that cannot win disturbs nobody
 * @param checkQuorum a leader that has not heard from a quorum for an election timeout steps down
 * @param appendBytesMax of one append message, exceeded only by a single entry
 * @param appendEntriesMax of one append message
 * @param inflightMessagesMax appends to one peer that are sent but not answered
 * @param inflightBytesMax bytes of such appends
 * @param uncommittedBytesMax of proposals in the log; with any waiting, more than this is refused
 * @param committedBytesMax of committed entries in one Ready, exceeded only by a single entry
 * @param applyingBytesMax of entries handed out and not yet applied
 * @param pendingReadsMax of reads that wait
 */
public record RaftConfig(
    int electionTicksMin,
    int electionTicksMax,
    int heartbeatTicks,
    boolean preVote,
    boolean checkQuorum,
    long appendBytesMax,
    int appendEntriesMax,
    int inflightMessagesMax,
    long inflightBytesMax,
    long uncommittedBytesMax,
    long committedBytesMax,
    long applyingBytesMax,
    int pendingReadsMax) {
  private static final long MIB = 1 << 20;

  /** What a store starts from. */
  public static final RaftConfig DEFAULT =
      new RaftConfig(
          10, 20, 2, true, true, MIB, 4096, 256, 8 * MIB, 64 * MIB, 4 * MIB, 32 * MIB, 65_536);

  public RaftConfig {
    require(heartbeatTicks > 0, "heartbeatTicks");
    require(electionTicksMin > heartbeatTicks, "electionTicksMin");
    require(electionTicksMax > electionTicksMin, "electionTicksMax");
    require(appendBytesMax > 0, "appendBytesMax");
    require(appendEntriesMax > 0, "appendEntriesMax");
    require(inflightMessagesMax > 0, "inflightMessagesMax");
    require(inflightBytesMax >= appendBytesMax, "inflightBytesMax");
    require(uncommittedBytesMax > 0, "uncommittedBytesMax");
    require(committedBytesMax > 0, "committedBytesMax");
    require(applyingBytesMax >= committedBytesMax, "applyingBytesMax");
    require(pendingReadsMax > 0, "pendingReadsMax");
  }

  private static void require(boolean condition, String name) {
    if (!condition) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }

  public RaftConfig withElectionTicks(int min, int max, int heartbeat) {
    return new RaftConfig(
        min,
        max,
        heartbeat,
        preVote,
        checkQuorum,
        appendBytesMax,
        appendEntriesMax,
        inflightMessagesMax,
        inflightBytesMax,
        uncommittedBytesMax,
        committedBytesMax,
        applyingBytesMax,
        pendingReadsMax);
  }
}
