package dev.terrane.common.agent;

import dev.terrane.common.TimeSource;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What one duty cycle of an agent works on: some messages that were in its inbox, and a time that
 * was read after they were taken out.
 *
 * <p>So whatever is handled in a cycle came before the cycle's time. An agent that lets its timers
 * run up to that time first, and handles the messages then, never counts time that had passed
 * before a message came as if it passed after it, however long it stands still between any two
 * steps: a promise that a message renews lasts from the cycle's time on, which is no earlier than
 * its coming. What comes later waits for the next cycle, and for a later time.
 *
 * <p>Confined to the agent's thread. Bounded by count, and by a weight that each message has; the
 * last one may exceed that.
 */
public final class Intake<M> {
  private final Inbox<M> inbox;
  private final int messagesMax;
  private final long weightMax;
  private final ToLongFunction<? super M> weight;
  private final ArrayDeque<M> taken = new ArrayDeque<>();

  /** Takes at most {@code messagesMax} messages in a cycle. */
  public Intake(Inbox<M> inbox, int messagesMax) {
    this(inbox, messagesMax, Long.MAX_VALUE, message -> 0);
  }

  /** And no more once those taken weigh {@code weightMax} together. */
  public Intake(Inbox<M> inbox, int messagesMax, long weightMax, ToLongFunction<? super M> weight) {
    this.inbox = inbox;
    this.messagesMax = messagesMax;
    this.weightMax = weightMax;
    this.weight = weight;
  }

  /** Takes what is there, within the bounds, and reads the clock after that: the cycle's time. */
  public long take(TimeSource time) {
    take();
    return time.nanoTime();
  }

  /** The same of an agent with two inboxes: the clock is read after both. */
  public long takeWith(Intake<?> other, TimeSource time) {
    other.take();
    return take(time);
  }

  private void take() {
    long weighs = 0;
    while (taken.size() < messagesMax && weighs < weightMax) {
      M message = inbox.poll();
      if (message == null) {
        break;
      }
      taken.add(message);
      weighs += weight.applyAsLong(message);
    }
  }

  /** Hands what was taken to {@code handler}, and returns how much that was. */
  public int handle(Consumer<? super M> handler) {
    int messages = taken.size();
    for (int i = 0; i < messages; i++) {
      handler.accept(taken.remove());
    }
    return messages;
  }

  /**
   * Hands over what was taken, and all that is in the inbox beside it: for an agent that ends, and
   * to which time means nothing any more.
   */
  public int handleAll(Consumer<? super M> handler) {
    int messages = handle(handler);
    return messages + inbox.drain(handler, Integer.MAX_VALUE);
  }
}
