package dev.terrane.client;

import dev.terrane.common.Bytes;
import java.util.Optional;

/**
 * What a compare-and-swap found.
 *
 * @param swapped whether the key held what was expected, and now holds the new value
 * @param previous what it held before; empty if it was absent
 */
public record CompareAndSwapResult(boolean swapped, Optional<Bytes> previous) {}
