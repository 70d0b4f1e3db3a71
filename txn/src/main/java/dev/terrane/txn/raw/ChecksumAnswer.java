package dev.terrane.txn.raw;

/** XOR of the pairs' CRC-64/XZ, their number, and the bytes of their user keys and values. */
public record ChecksumAnswer(long checksum, long pairs, long bytes) {}
