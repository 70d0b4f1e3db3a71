/** What a write to the Raft log costs, in segments of our own and in a RocksDB of its own. */
@NullMarked
package dev.terrane.bench.log;

import org.jspecify.annotations.NullMarked;
