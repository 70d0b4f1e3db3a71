/**
 * A closed-loop load generator over the Java client's batch stream: a number of operations is
 * always under way, and each one that ends starts the next. Reports rate and latency, and, of the
 * servers it is told about, CPU time and disk syncs per operation.
 *
 * <p>A closed loop hides from its latencies the time that a stalled server keeps new operations
 * from starting; the {@code kill} mode therefore looks at completions per interval, not at
 * latencies.
 */
@NullMarked
package dev.terrane.bench.load;

import org.jspecify.annotations.NullMarked;
