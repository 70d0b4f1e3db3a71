package dev.terrane.raft;

/** A leader's handing over of leadership to {@link #target}. Raft dissertation, section 3.10. */
final class Transfer {
  private final long target;
  private int ticksLeft;
  private boolean told;

  Transfer(long target, int ticks) {
    this.target = target;
    this.ticksLeft = ticks;
  }

  long target() {
    return target;
  }

  /** Whether the target has been told to campaign. */
  boolean isTold() {
    return told;
  }

  void tell() {
    told = true;
  }

  /** Whether it has taken too long. */
  boolean expires() {
    return --ticksLeft <= 0;
  }
}
