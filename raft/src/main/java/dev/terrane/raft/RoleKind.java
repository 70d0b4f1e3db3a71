package dev.terrane.raft;

/** What part a peer plays in its term. */
public enum RoleKind {
  FOLLOWER,
  PRE_CANDIDATE,
  CANDIDATE,
  LEADER
}
