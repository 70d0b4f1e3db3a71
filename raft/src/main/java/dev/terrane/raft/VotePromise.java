package dev.terrane.raft;

/**
 * A voter's word to help nobody else to be elected for a while, which is what a leader's lease
 * rests on. It is renewed whenever the leader is heard of, also across terms: a new term does not
 * release from it. It is also assumed given at start and after a pause, because an earlier life may
 * have given it. Only a transfer at the leader's own wish may pass it over.
 *
 * <p>It lasts for {@code ticks} full tick intervals, so for one tick more.
 */
final class VotePromise {
  private final int ticks;
  private int ticksLeft;

  VotePromise(int ticks) {
    this.ticks = ticks;
  }

  void renew() {
    ticksLeft = ticks + 1;
  }

  void tick() {
    if (ticksLeft > 0) {
      ticksLeft--;
    }
  }

  /**
   * {@code elapsed} tick intervals have passed without being counted. One less is credited: the
   * tick intervals at both ends may have been counted for less than they were.
   */
  void credit(int elapsed) {
    ticksLeft -= Math.clamp(elapsed - 1L, 0, ticksLeft);
  }

  boolean isInForce() {
    return ticksLeft > 0;
  }
}
