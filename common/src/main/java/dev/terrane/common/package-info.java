/**
 * What every room of the house needs and what needs none of them: bytes, key ranges, invariants and
 * clocks.
 */
@NullMarked
package dev.terrane.common;

import org.jspecify.annotations.NullMarked;
