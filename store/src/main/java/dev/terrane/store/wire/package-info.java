/**
 * Byte forms: Raft messages between stores, the content of log entries, and the records that a
 * store keeps in its two engines.
 *
 * <p>A log entry of kind NORMAL carries proposals, each checked alone when it is applied:
 *
 * <pre>
 * format      1 byte   {@value dev.terrane.store.wire.EntryFormat#FORMAT}
 * proposals   each:
 *   request   varint   counts the proposals of the proposing store's life; for traces
 *   version   varint   the Region epoch's version that it was routed by
 *   payload   varint length, encoded mutations
 * </pre>
 *
 * <p>Entries of the other kinds carry one encoded {@code terranepb.AdminCommand}: a CONF_CHANGE as
 * the context of its change.
 */
@NullMarked
package dev.terrane.store.wire;

import org.jspecify.annotations.NullMarked;
