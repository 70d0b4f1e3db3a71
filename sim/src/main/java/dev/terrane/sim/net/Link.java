package dev.terrane.sim.net;

import java.util.random.RandomGenerator;

/** The way from one machine to another, in one direction. */
public final class Link {
  private static final long RETRANSMIT_NANOS = 200_000_000;

  private long minNanos;
  private long maxNanos;
  private double loss;
  private boolean cut;

  Link(long minNanos, long maxNanos) {
    this.minNanos = minNanos;
    this.maxNanos = maxNanos;
  }

  /** How long a packet that leaves now is on its way, lost ones being sent again. */
  long latencyNanos(RandomGenerator chance) {
    long latency = chance.nextLong(minNanos, maxNanos);
    for (long wait = RETRANSMIT_NANOS; loss > 0 && chance.nextDouble() < loss; wait *= 2) {
      latency += wait;
      if (wait > 16 * RETRANSMIT_NANOS) {
        break;
      }
    }
    return latency;
  }

  public boolean isCut() {
    return cut;
  }

  /** Nothing passes, or everything does again. */
  public void cut(boolean nothingPasses) {
    cut = nothingPasses;
  }

  /** Each packet is lost with this probability, and sent again later. */
  public void lose(double probability) {
    loss = probability;
  }

  public void latency(long newMinNanos, long newMaxNanos) {
    minNanos = newMinNanos;
    maxNanos = newMaxNanos;
  }
}
