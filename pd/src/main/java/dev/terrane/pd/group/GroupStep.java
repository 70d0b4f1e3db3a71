package dev.terrane.pd.group;

import dev.terrane.raft.ConfChange;

/** What a leader does next about PD's own group, and why. */
public sealed interface GroupStep {
  String reason();

  /** Changes the membership. */
  record Change(ConfChange change, String reason) implements GroupStep {}

  /** Gives leadership to {@code target}, for the leader itself is to go. */
  record HandOver(long target, String reason) implements GroupStep {}
}
