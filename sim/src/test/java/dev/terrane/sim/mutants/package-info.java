/**
 * Deliberate bugs, to see whether the simulator finds them.
 *
 * <p>Production code has no switches for them: {@link dev.terrane.sim.mutants.MutantClassLoader}
 * changes one instruction of one compiled method as the class is loaded. What a bug is and where it
 * goes is in {@link dev.terrane.sim.mutants.Mutants}. An edit that does not match exactly one
 * instruction fails: when the code moves on, the table must follow.
 */
@NullMarked
package dev.terrane.sim.mutants;

import org.jspecify.annotations.NullMarked;
