/**
 * A disk in memory for Raft logs that leave nothing behind: of tests, of stores that are embedded
 * in them, and of the simulator, for which it loses, tears and flips what a real disk may.
 */
@NullMarked
package dev.terrane.engine.log.memory;

import org.jspecify.annotations.NullMarked;
