package dev.terrane.raft;

/** Whether a proposal is now in the leader's log. Being there, it may yet commit or be lost. */
public sealed interface ProposeResult {
  /** The proposal commits exactly if the entry that is applied at {@code index} has this term. */
  record Appended(long index, long term) implements ProposeResult {}

  /** Nothing was proposed, and nothing changed. */
  record Refused(Reason reason, String detail) implements ProposeResult {}

  enum Reason {
    /** This peer does not lead. */
    NOT_LEADER,
    /** Leadership is being handed over. */
    TRANSFERRING,
    /** Too many bytes wait for being committed. */
    UNCOMMITTED_FULL,
    /**
     * A membership change is in the log but not applied, or this term has committed nothing yet.
     */
    CONF_CHANGE_PENDING,
    /** The membership change makes no sense now; the detail says why. */
    CONF_CHANGE_INVALID
  }
}
