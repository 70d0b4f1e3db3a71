/**
 * Puts a node together, by hand and with constructors only, and takes it apart again.
 *
 * <p>A node's directory:
 *
 * <pre>
 * LOCK        held while a node runs on the directory
 * ident       format version, api version, cluster id: what must not change from start to start
 * pd/         the PD member's log and state
 * kv/         the store's engine
 * raft/       the store's Raft log
 * snapshots/  snapshots on their way into the store
 * </pre>
 */
@NullMarked
package dev.terrane.server.node;

import org.jspecify.annotations.NullMarked;
