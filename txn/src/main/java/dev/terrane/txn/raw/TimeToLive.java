package dev.terrane.txn.raw;

/** What is left of a key's life in seconds: 0 if it never expires, else at least 1; unsigned. */
public record TimeToLive(long seconds) {}
