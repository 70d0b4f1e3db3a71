package dev.terrane.common.region;

/**
 * What part a replica plays in its Region's Raft group. The middle two exist only during a joint
 * change.
 */
public enum PeerRole {
  VOTER,
  /** Replicates but does not vote. */
  LEARNER,
  /** A voter of the new configuration only. */
  INCOMING_VOTER,
  /** A voter of the old configuration only; becomes a learner when the joint change ends. */
  DEMOTING_VOTER
}
