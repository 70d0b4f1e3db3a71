package dev.terrane.engine.log;

/**
 * A Region that holds old segments of the log: released through {@code throughIndex}, it has no
 * entry in them any more.
 */
public record LogHolder(long regionId, long throughIndex) {}
