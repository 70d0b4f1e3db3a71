package dev.terrane.sim.check;

import dev.terrane.common.Bytes;

/** A key and its value. */
public record Pair(Bytes key, Bytes value) {}
