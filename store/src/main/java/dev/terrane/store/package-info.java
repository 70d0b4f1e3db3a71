/** The store: peers, duty cycles, apply, leases, snapshots, Region heartbeats. */
@NullMarked
package dev.terrane.store;

import org.jspecify.annotations.NullMarked;
