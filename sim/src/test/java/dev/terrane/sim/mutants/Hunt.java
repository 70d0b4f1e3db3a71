package dev.terrane.sim.mutants;

import java.util.List;

/**
 * How a deliberate bug is found.
 *
 * @param scenario whose runs show it
 * @param seed from which on a build looks for it: one that finds it
 * @param seedsMax within how many seeds it must be found, from wherever one begins
 * @param symptoms of which the failure must show one: what a reader would expect of this bug
 */
record Hunt(Mutant mutant, String scenario, long seed, int seedsMax, List<String> symptoms) {
  static Hunt of(String mutant, String scenario, long seed, int seedsMax, String... symptoms) {
    return new Hunt(Mutants.named(mutant), scenario, seed, seedsMax, List.of(symptoms));
  }

  @Override
  public String toString() {
    return mutant.name();
  }
}
