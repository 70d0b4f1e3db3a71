/**
 * Bulk loading as the Java client's {@code ingest} does it: it uploads sorted pairs to every store
 * of a Region, then has the leader take them in. Here the leader writes its own upload as ordinary
 * batches through the Raft log, and the followers' uploads are forgotten.
 */
@NullMarked
package dev.terrane.server.importing;

import org.jspecify.annotations.NullMarked;
