/**
 * Commands over an abstract Region storage. {@link dev.terrane.txn.RegionStorage} is the border to
 * the store below: commands read through a {@link dev.terrane.txn.RegionReader}, decide, and hand
 * {@link dev.terrane.txn.Mutations} back to be replicated.
 *
 * <p>Mutations are encoded once; the same bytes are in the log, on the wire and with the applier:
 *
 * <pre>
 * format      1 byte   {@value dev.terrane.txn.Mutations#FORMAT}
 * changes     each:
 *   head      1 byte   kind in the high half (0 put, 1 delete, 2 deleteRange, 3 deleteIfEndsWith),
 *                      column family in the low half (0 default, 1 lock, 2 write)
 *   key       varint length, bytes
 *   second    varint length, bytes; the value, range end or suffix; absent for a delete
 * </pre>
 */
@NullMarked
package dev.terrane.txn;

import org.jspecify.annotations.NullMarked;
