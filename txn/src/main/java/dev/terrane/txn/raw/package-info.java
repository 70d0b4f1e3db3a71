/**
 * Raw commands: single keys without transactions, as tikv-protocol's {@code Raw…} RPCs define them.
 *
 * <p>How raw data is stored, in the column family that the request names (private to this server):
 *
 * <pre>
 * api version   engine key                 engine value
 * V1            key                        value
 * V1TTL         key                        value, expiry (8 bytes big-endian, Unix seconds, 0 never)
 * V2            memcomparable(key)         value, 0x00            without expiry
 *                                          value, expiry, 0x01    with one
 * </pre>
 *
 * <p>In version 2 keys are stored as Region bounds are, so both share one order; a key begins with
 * {@code 'r'} and a three-byte keyspace id. Deleted keys are gone: raw data keeps no versions.
 *
 * <p>An expired value is invisible from its second on. Whoever meets one on the leader proposes to
 * delete it, provided that its value then still ends with the same expiry.
 */
@NullMarked
package dev.terrane.txn.raw;

import org.jspecify.annotations.NullMarked;
