package dev.terrane.common.agent;

import dev.terrane.common.Invariant;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpscGrowableVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue through which other threads reach an {@link Agent}. Many producers, one
 * consumer, in order per producer.
 *
 * <p>The bound has two forms. {@link #offer} is for what may be lost, as Raft messages may, and for
 * admission: it says no when full. {@link #put} is for what may never be lost (completions,
 * committed entries): such messages are bounded by the credits under which their work was admitted,
 * so a full inbox there is a bug and stops the store.
 */
public final class Inbox<M> {
  private final String name;
  private final int capacity;
  private final MpscGrowableVarHandleArrayQueue<M> queue;
  private volatile Waker waker = Waker.NONE;

  /**
   * @param capacity most messages at a time; rounded up to a power of two
   */
  public Inbox(String name, int capacity) {
    this.name = name;
    this.capacity = capacity;
    this.queue =
        new MpscGrowableVarHandleArrayQueue<>(
            Math.min(64, Math.max(2, capacity / 2)), Math.max(4, capacity));
  }

  /** Sets who is told about new messages; before the first poll. */
  public void onMessage(Waker newWaker) {
    waker = newWaker;
  }

  /** Adds {@code message}, or returns false and adds nothing when the inbox is full. */
  public boolean offer(M message) {
    if (!queue.offer(message)) {
      return false;
    }
    waker.wake();
    return true;
  }

  /** Adds {@code message}, which its sender's credits have already paid for. */
  public void put(M message) {
    if (!queue.offer(message)) {
      throw Invariant.violated(
          "inbox %s is full at %d: a message was not admitted", name, capacity);
    }
    waker.wake();
  }

  /** The oldest message, which is in the inbox no longer; null if there is none. */
  @Nullable M poll() {
    return queue.poll();
  }

  /** Hands at most {@code limit} messages to {@code handler}, and returns how many. */
  public int drain(Consumer<? super M> handler, int limit) {
    int drained = 0;
    while (drained < limit) {
      M message = queue.poll();
      if (message == null) {
        break;
      }
      handler.accept(message);
      drained++;
    }
    return drained;
  }

  public boolean isEmpty() {
    return queue.isEmpty();
  }

  /** How many messages wait; exact only for the consumer. */
  public int size() {
    return queue.size();
  }
}
