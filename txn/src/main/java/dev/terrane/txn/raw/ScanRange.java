package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;

/**
 * Where a scan begins and ends, as the wire has it: forwards from {@code start} up to but without
 * {@code end}; in reverse from below {@code start} down to and with {@code end}. An empty bound is
 * none.
 */
public record ScanRange(Bytes start, Bytes end) {}
