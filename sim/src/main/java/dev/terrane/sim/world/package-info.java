/**
 * What a simulated cluster stands on: one queue of events in virtual time, machines with clocks and
 * disks of their own, processes that live and die on them, and the trace of it all.
 *
 * <p>Everything runs on the thread that runs the {@link dev.terrane.sim.world.World}. All chance
 * comes from named streams of one seed, so that a draw more in one place changes nothing elsewhere.
 */
@NullMarked
package dev.terrane.sim.world;

import org.jspecify.annotations.NullMarked;
