package dev.terrane.server.traffic;

import dev.terrane.common.traffic.Charge;
import dev.terrane.common.traffic.Traffic;
import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * What one call holds. Everything is given back when the call is over, whoever ended it: answered
 * and written, given up by its client, or its connection lost.
 *
 * <p>Thread-safe, but for {@link #messageBytes}.
 */
public final class CallTraffic {
  /** What gRPC and HTTP/2 keep of a call; the first bytes of its message are covered by it. */
  static final long CALL_BYTES = 4 << 10;

  static final Context.Key<CallTraffic> KEY = Context.key("traffic");

  private static final CallTraffic UNCOUNTED = new CallTraffic();

  private final @Nullable NodeTraffic node;
  private final Traffic kind;
  private final Charge request;
  private final Charge answer;
  private final Charge sending;
  private final boolean admitted;
  private long messageBytes;
  private volatile long unfinishedBytes;
  private volatile long unfinishedSinceNanos;
  private volatile boolean ended;
  private volatile @Nullable Runnable whenNoRoom;

  CallTraffic(NodeTraffic node, Traffic kind) {
    this.node = node;
    this.kind = kind;
    this.request = node.budget().open(kind);
    this.answer = node.budget().open(kind);
    // What is sent was counted before, as far as it is large; what is small must get through.
    this.sending = node.budget().open(Traffic.RAFT);
    this.admitted = request.take(CALL_BYTES);
  }

  private CallTraffic() {
    node = null;
    kind = Traffic.RAFT;
    request = Charge.uncounted();
    answer = Charge.uncounted();
    sending = Charge.uncounted();
    admitted = true;
  }

  /** That of the call whose service method is being called. */
  public static CallTraffic current() {
    CallTraffic current = KEY.get();
    return current == null ? UNCOUNTED : current;
  }

  /** For the one answer of a unary call, while it is gathered and until the client has it. */
  public Charge answer() {
    return answer;
  }

  /** For a message that is kept. Its user closes it. */
  public Charge open() {
    return open(0);
  }

  /**
   * For one of several answers, of which {@code unreadBytes} already wait for the client. Its user
   * closes it.
   */
  public Charge open(long unreadBytes) {
    if (node == null) {
      return Charge.uncounted();
    }
    Charge charge = node.budget().open(kind, unreadBytes);
    if (ended) {
      charge.close();
    }
    return charge;
  }

  /** For what has been handed to gRPC and not yet to the socket. Given back as that happens. */
  public Charge sending() {
    return sending;
  }

  /** See {@link NodeTraffic#openPairs}. */
  public @Nullable WirePairs openPairs(int field) {
    return node == null ? null : node.openPairs(field);
  }

  /** Runs {@code work} on another thread than the event loop's; false if that is not possible. */
  public boolean elsewhere(Runnable work) {
    return node != null && node.coders(this).submit(work);
  }

  /**
   * For the message that the service is being handed, and goes on to hold. Its user closes it; null
   * if there is no room, and it must be let go.
   */
  public @Nullable Charge keepMessage() {
    Charge charge = open();
    if (charge.take(messageBytes)) {
      return charge;
    }
    charge.close();
    return null;
  }

  Traffic kind() {
    return kind;
  }

  /** What the message takes that the service is being handed; 0 where nobody has counted. */
  public long messageBytes() {
    return messageBytes;
  }

  void messageBytes(long bytes) {
    messageBytes = bytes;
  }

  /**
   * So many bytes are held of a request that its client has yet to complete. Since when counts from
   * where there were none.
   */
  void unfinished(long bytes) {
    if (node != null && bytes > 0 && unfinishedBytes == 0) {
      unfinishedSinceNanos = node.unread().nanoTime();
    }
    unfinishedBytes = bytes;
  }

  /** The same of a request of several messages, one of which has come just now. */
  public void unfinishedAsOfNow(long bytes) {
    unfinished(0);
    unfinished(bytes);
  }

  long unfinishedBytes() {
    return unfinishedBytes;
  }

  long unfinishedSinceNanos() {
    return unfinishedSinceNanos;
  }

  Charge request() {
    return request;
  }

  /** Whether there was room for the call at all. */
  boolean isAdmitted() {
    return admitted;
  }

  /** What ends the call when there is no room for the rest of its message. */
  void whenNoRoom(Runnable end) {
    whenNoRoom = end;
  }

  void noRoom() {
    Runnable end = whenNoRoom;
    if (end != null && node != null) {
      node.loop().execute(end);
    }
  }

  /** The call is over. Idempotent. */
  void end() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    request.close();
    answer.close();
    sending.close();
    if (node != null) {
      node.ended();
    }
  }
}
