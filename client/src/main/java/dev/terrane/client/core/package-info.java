/**
 * The client's decisions: routing, repair of routes, retries, batching. Deterministic: time, chance
 * and the network are injected, so that a simulation can run it on virtual time.
 *
 * <p>Everything here is confined to one thread, the one that polls {@link
 * dev.terrane.client.core.ClientCore}; {@link dev.terrane.client.core.Transport} calls back on it.
 * Other threads only hand in tasks.
 *
 * <p>Keys here are <em>wire keys</em>: what requests carry, with the keyspace's prefix in version
 * 2. {@link dev.terrane.client.core.KeyCodec} stands between them and the user's keys on one side
 * and PD's Region bounds on the other.
 */
@NullMarked
package dev.terrane.client.core;

import org.jspecify.annotations.NullMarked;
