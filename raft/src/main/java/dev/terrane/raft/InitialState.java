package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

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
  public InitialState {
    check(
        applied > 0 || membership.all().isEmpty(),
        "members before index %d: newcomers could not learn of them, see bootstrap",
        1);
  }

  /**
   * A member of a new group of {@code membership}. The group's history begins with index 1 of term
   * 1 as if compacted through there: {@link LogStorage#firstIndex} is 2 and {@link LogStorage#term}
   * of 1 is 1. So a peer that joins later cannot be brought up from an empty log, which would not
   * tell it the first members, but only by a snapshot.
   */
  public static InitialState bootstrap(Membership membership) {
    return new InitialState(new HardState(1, 0, 1), membership, 1, false);
  }

  /** A peer that is created blank, to be filled by its leader's snapshot. */
  public static final InitialState BLANK =
      new InitialState(HardState.EMPTY, Membership.NONE, 0, false);
}
