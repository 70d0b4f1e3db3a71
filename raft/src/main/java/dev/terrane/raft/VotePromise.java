package dev.terrane.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * A voter's word to help nobody else to be elected for a while, which is what a leader's lease
 * rests on. It is renewed whenever the leader is heard of, also across terms: a new term does not
 * release from it. It is also assumed given at start and after a pause, because an earlier life may
 * have given it. Only a transfer at the leader's own wish may pass it over.
 *
 * <p>It lasts for {@code ticks} full tick intervals, so for one tick more. Who asks for a pre-vote
 * meanwhile is answered when it ends, unless the leader has been heard of again: voters whose ticks
 * fall at different moments would otherwise lose a whole election timeout to the first of them.
 */
final class VotePromise {
  private final int ticks;
  private final List<Message.RequestPreVote> waiting = new ArrayList<>(0); // one of each peer
  private int ticksLeft;

  VotePromise(int ticks) {
    this.ticks = ticks;
  }

  void renew() {
    ticksLeft = ticks + 1;
    if (!waiting.isEmpty()) {
      waiting.clear();
    }
  }

  /** Makes it last for so many more tick intervals from now on, if it would not otherwise. */
  void extend(int byTicks) {
    ticksLeft = Math.max(ticksLeft, byTicks + 1);
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

  /** Keeps what was asked while it is in force, in place of what the same peer asked before. */
  void hold(Message.RequestPreVote request) {
    waiting.removeIf(other -> other.from() == request.from());
    waiting.add(request);
  }

  /** Whether somebody may be answered now that it has ended. */
  boolean hasReleased() {
    return !isInForce() && !waiting.isEmpty();
  }

  /** They are told once. */
  List<Message.RequestPreVote> takeReleased() {
    if (!hasReleased()) {
      return List.of();
    }
    List<Message.RequestPreVote> released = List.copyOf(waiting);
    waiting.clear();
    return released;
  }

  /**
   * How many ticks end it for somebody who waits for that; {@link Integer#MAX_VALUE} for nobody.
   */
  int ticksToRelease() {
    return waiting.isEmpty() ? Integer.MAX_VALUE : Math.max(1, ticksLeft);
  }
}
