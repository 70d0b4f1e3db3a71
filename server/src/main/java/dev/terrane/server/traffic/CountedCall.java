package dev.terrane.server.traffic;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a call has been given to send until the socket has taken it: gRPC's queue and
 * HTTP/2's, which hold all that a client does not read.
 *
 * <p>gRPC says when nothing is left of what was sent, and the client's window is what is asked
 * about readiness here. So the bytes of a stream are given back to the last one, however slowly its
 * client reads. A unary call's are given back when the call is over, which is when its trailers
 * have left behind its answer.
 *
 * <p>A service may send on any thread, while the loop ends the call for something else that its
 * client has sent. gRPC bears neither both at once, nor anything sent once the call is closed: what
 * ends it waits for what is being sent, and what comes after that is dropped.
 */
final class CountedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
  /** So much may be on its way before a stream is asked to wait. */
  private static final int READY_BELOW_BYTES = 64 << 10;

  private final CallTraffic traffic;
  private final UnreadAnswers unread;
  private final boolean manyAnswers;
  private final AtomicLong unsentBytes = new AtomicLong();
  private volatile long unsentSinceNanos;

  private final AtomicBoolean begun = new AtomicBoolean();

  /** Closed by the service, or refused: nothing more is sent. Set once, within this. */
  private volatile boolean over;

  // ---- guarded by this
  private boolean sending;
  private boolean headersSent;

  /** Ends the call when what is being sent is. */
  private @Nullable Runnable endWhenSent;

  CountedCall(ServerCall<Q, R> call, CallTraffic traffic, UnreadAnswers unread) {
    super(call);
    this.traffic = traffic;
    this.unread = unread;
    this.manyAnswers = !call.getMethodDescriptor().getType().serverSendsOneMessage();
    call.setOnReadyThreshold(1);
  }

  @Override
  public boolean isReady() {
    return manyAnswers
        ? !over && !isCancelled() && unsentBytes.get() < READY_BELOW_BYTES
        : super.isReady();
  }

  /** The call is always asked whether nothing is left, whatever a service would like to know. */
  @Override
  public void setOnReadyThreshold(int bytes) {}

  /** Nothing is left of what was sent; whether the service waits to hear that. */
  boolean drained() {
    long before = unsentBytes.getAndSet(0);
    traffic.sending().giveAllBack();
    return before >= READY_BELOW_BYTES || begun.compareAndSet(false, true);
  }

  CallTraffic traffic() {
    return traffic;
  }

  long unsentBytes() {
    return unsentBytes.get();
  }

  /** Since when something is left, where there is something. */
  long unsentSinceNanos() {
    return unsentSinceNanos;
  }

  @Override
  public void sendHeaders(Metadata headers) {
    if (beginSending()) {
      try {
        super.sendHeaders(headers);
      } finally {
        endSending(true);
      }
    }
  }

  @Override
  public void sendMessage(R message) {
    if (beginSending()) {
      try {
        send(message);
      } finally {
        endSending(false);
      }
    }
  }

  private void send(R message) {
    long bytes = bytes(message);
    if (unsentBytes.getAndAdd(bytes) == 0) {
      unsentSinceNanos = unread.nanoTime();
    }
    if (hasRoom(bytes)) {
      super.sendMessage(message);
    } else {
      close(NoRoom.STATUS, new Metadata());
    }
  }

  private synchronized boolean beginSending() {
    sending = !over;
    return sending;
  }

  private void endSending(boolean headers) {
    Runnable end;
    synchronized (this) {
      sending = false;
      headersSent |= headers;
      end = endWhenSent;
      endWhenSent = null;
    }
    if (end != null) {
      end.run();
    }
  }

  private void end(Runnable how) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      if (sending) {
        endWhenSent = how;
        return;
      }
    }
    how.run();
  }

  private static long bytes(Object message) {
    return message instanceof WireAnswer answer
        ? answer.bytes()
        : ((MessageLite) message).getSerializedSize();
  }

  private boolean hasRoom(long bytes) {
    return manyAnswers
        ? traffic.sending().growTo(unsentBytes.get())
        : traffic.answer().growTo(bytes - CallTraffic.CALL_BYTES);
  }

  @Override
  public void close(Status status, Metadata trailers) {
    end(() -> super.close(status, trailers));
  }

  /** Answers that there is no room, and nothing else; where the response can, by a Region error. */
  void refuse() {
    end(this::sendRefusal);
  }

  private void sendRefusal() {
    R response = manyAnswers || hasSentHeaders() ? null : busyResponse(getMethodDescriptor());
    if (response == null) {
      super.close(NoRoom.STATUS, new Metadata());
      return;
    }
    super.sendHeaders(new Metadata());
    super.sendMessage(response);
    super.close(Status.OK, new Metadata());
  }

  private synchronized boolean hasSentHeaders() {
    return headersSent;
  }

  @SuppressWarnings("unchecked") // of the prototype's type
  private static <R> @Nullable R busyResponse(MethodDescriptor<?, R> method) {
    return method.getResponseMarshaller() instanceof PrototypeMarshaller<R> prototypes
            && prototypes.getMessagePrototype() instanceof Message empty
        ? (R) NoRoom.response(empty)
        : null;
  }
}
