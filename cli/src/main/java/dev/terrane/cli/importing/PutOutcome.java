package dev.terrane.cli.importing;

/** What became of one put. */
sealed interface PutOutcome {
  /** The cluster answered that the entry is written. */
  record Acknowledged() implements PutOutcome {}

  /** The entry was certainly not written, and will not be however often it is tried. */
  record Failed(String reason) implements PutOutcome {}

  /** The entry was certainly not written, because the cluster serves nobody now. */
  record Unserved(String reason) implements PutOutcome {}

  /** No answer came that tells: the entry may be written, or yet become so. */
  record Undetermined(String reason) implements PutOutcome {}
}
