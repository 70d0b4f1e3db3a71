package dev.terrane.client.core;

import org.jspecify.annotations.Nullable;

/**
 * Something that {@link Timers} will call. Its own list node, so that setting one allocates
 * nothing.
 */
abstract class Timer {
  /** {@link #slot} of a timer that is not set. */
  static final int UNSET = -1;

  @Nullable Timer previous;
  @Nullable Timer next;
  int slot = UNSET;
  long tick;

  /** The time has come; the timer is unset and may be set again from here. */
  abstract void fire();

  /** {@link #fire} threw {@code thrown}; other timers are not affected. */
  abstract void broke(Throwable thrown);

  /** The client is closing; nothing will fire any more. Unset already. */
  abstract void closing();
}
