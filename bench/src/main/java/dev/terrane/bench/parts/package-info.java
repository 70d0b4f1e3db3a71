/**
 * JMH benchmarks of parts, each without threads, disk and network, so that a change of a few
 * nanoseconds or bytes shows: {@code make bench}.
 */
@NullMarked
package dev.terrane.bench.parts;

import org.jspecify.annotations.NullMarked;
