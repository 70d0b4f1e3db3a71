package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;

/** A user key and its user value; the value is empty in an answer that gives keys only. */
public record RawPair(Bytes key, Bytes value) {}
