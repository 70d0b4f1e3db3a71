package dev.terrane.raft;

/** What a membership change does to one peer. */
public record Change(Kind kind, long peerId) {
  /** The code is what is stored. */
  public enum Kind {
    /** Makes a newcomer or a learner a voter. */
    ADD_VOTER,
    /** Adds a learner, or demotes a voter to one. */
    ADD_LEARNER,
    REMOVE
  }

  public static Change addVoter(long peerId) {
    return new Change(Kind.ADD_VOTER, peerId);
  }

  public static Change addLearner(long peerId) {
    return new Change(Kind.ADD_LEARNER, peerId);
  }

  public static Change remove(long peerId) {
    return new Change(Kind.REMOVE, peerId);
  }
}
