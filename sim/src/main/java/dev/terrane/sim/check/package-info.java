/**
 * Histories of what clients did and saw, and the checkers that decide whether a correct store could
 * have answered so.
 *
 * <p>Nothing here knows the simulator: a history may come from anywhere.
 */
@NullMarked
package dev.terrane.sim.check;

import org.jspecify.annotations.NullMarked;
