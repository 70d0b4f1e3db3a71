/**
 * Nodes put together on simulated machines from the real parts, as a server puts them together on
 * real ones: PD's member, the store, the commands and services on top, and clients.
 */
@NullMarked
package dev.terrane.sim.node;

import org.jspecify.annotations.NullMarked;
