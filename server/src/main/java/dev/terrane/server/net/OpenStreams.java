package dev.terrane.server.net;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams that clients and other nodes hold open on one server: heartbeats, Raft messages,
 * timestamps, watches. They never end by themselves, so a server that stops ends them, with
 * UNAVAILABLE, upon which their callers go elsewhere. Unary calls end by themselves, and so do the
 * streams of methods that are said to.
 *
 * <p>Thread-safe: what a service says to a stream and the end of that stream take the same lock.
 * What it says afterwards is dropped.
 */
final class OpenStreams implements ServerInterceptor {
  private static final Status STOPPING =
      Status.UNAVAILABLE.withDescription("this node is stopping");

  private final Set<String> methodsThatEnd;
  private final Set<Stream<?, ?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  /**
   * @param methodsThatEnd full names of the methods whose streams end by themselves
   */
  OpenStreams(Set<String> methodsThatEnd) {
    this.methodsThatEnd = methodsThatEnd;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().getType() == MethodType.UNARY
        || methodsThatEnd.contains(call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    Stream<Q, R> stream = new Stream<>(call);
    open.add(stream);
    if (ended) {
      stream.end(); // the one that ends them all may have looked before it was there
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(stream, headers)) {
      @Override
      public void onCancel() {
        open.remove(stream);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        open.remove(stream);
        super.onComplete();
      }
    };
  }

  /** Ends those that are open, and from now on each that is opened. */
  void endAll() {
    ended = true;
    open.forEach(Stream::end);
  }

  private static final class Stream<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private boolean closed; // guarded by this

    Stream(ServerCall<Q, R> call) {
      super(call);
    }

    synchronized void end() {
      close(STOPPING, new Metadata());
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
