package dev.terrane.raft;

/**
 * What a peer does in its term. Transitions: follower to pre-candidate at its election timeout;
 * pre-candidate to candidate when a quorum would vote for it; candidate to leader when a quorum
 * has; any of them back to follower on hearing of a leader or of a later term, or on losing; a
 * pre-candidate also when it gives way to another.
 */
sealed interface Role {
  RoleKind kind();

  /** Follows {@link Core#leaderId}, or waits for one to appear. */
  record Follower() implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.FOLLOWER;
    }
  }

  /** Asks who would vote for it; its term has not changed. */
  record PreCandidate(Tally tally) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.PRE_CANDIDATE;
    }
  }

  /** Has voted for itself in a new term. */
  record Candidate(Tally tally) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.CANDIDATE;
    }
  }

  /** Leads; all that it keeps is gone when it no longer does. */
  record Leading(Leader leader) implements Role {
    @Override
    public RoleKind kind() {
      return RoleKind.LEADER;
    }
  }
}
