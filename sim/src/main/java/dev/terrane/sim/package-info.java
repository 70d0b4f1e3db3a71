/**
 * The deterministic simulator: whole clusters of the real store, placement driver and client on one
 * thread, in virtual time, under faults drawn from one seed.
 *
 * <p>Nothing here reads a clock, the environment or a random source of its own, starts a thread or
 * opens a file: a run is a function of its seed and its parameters. Scenarios, and whatever must
 * know the real world to start them, are tests.
 */
@NullMarked
package dev.terrane.sim;

import org.jspecify.annotations.NullMarked;
