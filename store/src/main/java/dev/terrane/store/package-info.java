/**
 * The store: the peers of many Regions, what they replicate, and what others see of them.
 *
 * <p>A write passes {@link dev.terrane.store.Store}, the {@code StoreLoop} that owns its Region,
 * the {@code LogWriter}, and the {@code Applier}, which answers it. A leader's read on a lease
 * passes nothing but the {@code RegionMap} and the peer's {@code LeaseCell}; any other read waits
 * in its peer's {@code ReadQueue} for a round that confirms it.
 *
 * <p>Three agents do the work. {@code StoreLoop}: peers, ticks, messages, one log batch and one
 * message per store and cycle. {@code LogWriter}: one append and one sync for all that gathered;
 * the only one that waits for the disk. {@code Applier}: many entries of many Regions in one engine
 * batch. All else that waits for the disk is submitted to a {@link dev.terrane.store.DiskExecutor},
 * and its completion comes back through the loop's inbox.
 *
 * <p>Where design.md, "What is durable when", is kept: rule 1 in {@code LogJanitor}, {@code
 * Applier} and {@code PeerTable}; rule 2 in Raft's own core; rule 3 in {@code SnapshotDesk} and
 * {@code SnapshotInstaller}; rule 4 in {@code PeerTable}; what a start makes of it in {@code
 * StoreRecovery}.
 */
@NullMarked
package dev.terrane.store;

import org.jspecify.annotations.NullMarked;
