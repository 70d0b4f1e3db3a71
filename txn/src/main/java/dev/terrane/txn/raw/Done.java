package dev.terrane.txn.raw;

/** The answer of a command that has nothing else to say: it is committed and applied. */
public enum Done {
  DONE
}
