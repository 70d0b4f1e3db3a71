package dev.terrane.server.net;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Two rules for every call. A call is never closed as CANCELLED by us: the Java client takes that
 * as final, where UNAVAILABLE makes it try again. A call that asks to be forwarded to another host
 * is refused as UNAVAILABLE, since serving it here would answer for the wrong store.
 *
 * <p>PD's forward header is deliberately not looked at: the Go client puts its leader's address
 * there in every call, also in those to that leader. The leader's answer is right whoever was
 * meant, and a follower says that it is none.
 */
final class StatusTranslator implements ServerInterceptor {
  private static final Metadata.Key<String> TIKV_FORWARDED_HOST =
      Metadata.Key.of("tikv-forwarded-host", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (headers.containsKey(TIKV_FORWARDED_HOST)) {
      call.close(
          Status.UNAVAILABLE.withDescription("forwarding to other hosts is not offered"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(new NeverCancelled<>(call), headers);
  }

  private static final class NeverCancelled<Q, R> extends SimpleForwardingServerCall<Q, R> {
    NeverCancelled(ServerCall<Q, R> delegate) {
      super(delegate);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(
          status.getCode() == Status.Code.CANCELLED
              ? Status.UNAVAILABLE
                  .withDescription(status.getDescription())
                  .withCause(status.getCause())
              : status,
          trailers);
    }
  }
}
