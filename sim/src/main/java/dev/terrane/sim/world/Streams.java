package dev.terrane.sim.world;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Streams of chance, all from one seed, told apart by name. They share nothing: how often one is
 * drawn from does not move the others.
 */
final class Streams {
  private final long seed;

  Streams(long seed) {
    this.seed = seed;
  }

  RandomGenerator named(String name) {
    long hash = mix(seed);
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return new SplittableRandom(hash);
  }

  /** A bijection in which each bit depends on all. The constants are those of SplitMix64. */
  static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
