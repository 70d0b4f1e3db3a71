package dev.terrane.common.contact;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Whether a message comes from where its sender is found. Anybody can write any id into a message;
 * only who receives what is sent to that id's address can say back what was said there.
 *
 * <p>For each other, and anew in each life, a number is drawn: this one's <em>incarnation</em> as
 * that other knows it. Every message carries the sender's, and the receiver's as far as the sender
 * has been told it. A message that does not say the receiver's number back is a stranger's: it is
 * answered (by any message to whom it names), and held until one with the right number comes that
 * has the same sender's number. So a first contact, and the first after a restart, takes one round
 * trip, and loses nothing.
 *
 * <p>This keeps out who can only send. Who can read the network, or has the book of addresses say
 * that a member is at his, is kept out by TLS alone.
 *
 * <p>Bounded: strangers that have not shown themselves are forgotten, the oldest first, and what is
 * held for them is dropped. Thread-safe. A crash forgets everything.
 *
 * @param <M> what is held
 */
public final class Contacts<M> {
  private static final int STRANGERS_MAX = 256;
  private static final int HELD_MAX = 256;
  private static final long HELD_BYTES_MAX = 8 << 20;
  private static final long ANSWER_EVERY_NANOS = 50_000_000;

  /** All of those together that nothing was to be sent to. */
  private static final long STRANGER_EVERY_NANOS = 10_000_000;

  private static final class Other {
    final long ours;
    long theirs;

    /** Whether {@code theirs} came with {@code ours}. Until then any later one replaces it. */
    boolean proven;

    /** Something was to be sent there, other than an answer. */
    boolean expected;

    boolean answered;
    long answeredNanos;

    Other(long ours) {
      this.ours = ours;
    }

    boolean isStranger() {
      return !expected && !proven;
    }
  }

  private record Held<M>(long otherId, long from, M message, int bytes) {}

  private final RandomGenerator random;
  private final ToIntFunction<M> bytesOf;
  private final Map<Long, Other> byId = new LinkedHashMap<>();
  private final ArrayDeque<Held<M>> held = new ArrayDeque<>();
  private long heldBytes;
  private boolean strangerAnswered;
  private long strangerAnsweredNanos;

  public Contacts(RandomGenerator random, ToIntFunction<M> bytesOf) {
    this.random = random;
    this.bytesOf = bytesOf;
  }

  /** Something will be sent to that one; whether that is new. */
  public synchronized boolean expect(long otherId) {
    Other other = byId.computeIfAbsent(otherId, this::draw);
    if (other.expected) {
      return false;
    }
    other.expected = true;
    return true;
  }

  private Other draw(long otherId) {
    long drawn = random.nextLong();
    return new Other(drawn == 0 ? 1 : drawn); // 0 means that none is known
  }

  /** What a message to that one says of this one. */
  public synchronized long ours(long otherId) {
    return byId.computeIfAbsent(otherId, this::draw).ours;
  }

  /** What a message to that one says back; 0 if nothing is known. */
  public synchronized long theirs(long otherId) {
    Other other = byId.get(otherId);
    return other == null ? 0 : other.theirs;
  }

  /** Whether {@code saidBack} shows that its sender is where {@code otherId} is found. */
  public synchronized boolean isProven(long otherId, long saidBack) {
    Other other = byId.get(otherId);
    return other != null && other.ours == saidBack;
  }

  /**
   * Takes in a message that names {@code otherId} as its sender.
   *
   * @param from what it says of its sender
   * @param saidBack what it says of this one
   * @return what may be believed now, in the order in which it came; nothing if the sender has yet
   *     to show itself, in which case it is to be answered if {@link #mayAnswer}
   */
  public synchronized List<M> received(long otherId, long from, long saidBack, M message) {
    if (!isProven(otherId, saidBack)) {
      hold(otherId, from, message);
      return List.of();
    }
    Other other = byId.computeIfAbsent(otherId, this::draw);
    other.theirs = from;
    other.proven = true;
    return held.isEmpty() ? List.of(message) : takeHeld(otherId, from, message);
  }

  private void hold(long otherId, long from, M message) {
    Other other = byId.get(otherId);
    if (other != null && !other.proven) {
      other.theirs = from;
    }
    int bytes = bytesOf.applyAsInt(message);
    held.add(new Held<>(otherId, from, message, bytes));
    heldBytes += bytes;
    while (held.size() > HELD_MAX || heldBytes > HELD_BYTES_MAX) {
      heldBytes -= held.remove().bytes;
    }
  }

  private List<M> takeHeld(long otherId, long from, M message) {
    List<M> believed = new ArrayList<>();
    for (Iterator<Held<M>> all = held.iterator(); all.hasNext(); ) {
      Held<M> one = all.next();
      if (one.otherId == otherId) {
        all.remove();
        heldBytes -= one.bytes;
        if (one.from == from) {
          believed.add(one.message);
        }
      }
    }
    believed.add(message);
    return believed;
  }

  /**
   * Whether a message, if only an empty one, is to be sent to {@code otherId} so that it can show
   * itself: not too often, whatever is named by whomever.
   *
   * @param from what its message said of it
   */
  public synchronized boolean mayAnswer(long otherId, long from, long nowNanos) {
    Other other = byId.get(otherId);
    if (other == null || other.isStranger()) {
      if (strangerAnswered && nowNanos - strangerAnsweredNanos < STRANGER_EVERY_NANOS) {
        return false;
      }
    }
    if (other == null) {
      forgetOldestStranger();
      other = draw(otherId);
      byId.put(otherId, other);
      other.theirs = from;
    }
    if (other.answered && nowNanos - other.answeredNanos < ANSWER_EVERY_NANOS) {
      return false;
    }
    if (other.isStranger()) {
      strangerAnswered = true;
      strangerAnsweredNanos = nowNanos;
    }
    other.answered = true;
    other.answeredNanos = nowNanos;
    return true;
  }

  private void forgetOldestStranger() {
    long strangers = byId.values().stream().filter(Other::isStranger).count();
    Iterator<Other> all = byId.values().iterator();
    while (strangers >= STRANGERS_MAX && all.hasNext()) {
      if (all.next().isStranger()) {
        all.remove();
        strangers--;
      }
    }
  }
}
