package dev.terrane.raft;

/**
 * What a peer starts from.
 *
 * @param hardState as stored; its commit index is raised to {@code applied} if it is behind
 * @param membership as of {@code applied}
 * @param applied the last index that the application's state covers
 * @param mayHavePromised whether an earlier life of this peer may have voted or followed a leader.
 *     Then it grants no vote for one minimum election timeout. False only where a peer is created,
 *     not where it is read back
 */
public record InitialState(
    HardState hardState, Membership membership, long applied, boolean mayHavePromised) {
  /** A peer that is created blank, to be filled by its leader's snapshot. */
  public static final InitialState BLANK =
      new InitialState(HardState.EMPTY, Membership.NONE, 0, false);
}
