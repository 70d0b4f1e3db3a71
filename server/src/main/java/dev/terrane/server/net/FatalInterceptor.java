package dev.terrane.server.net;

import dev.terrane.server.run.FatalHandler;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Lets no failed invariant end in a gRPC status: it stops the node, wherever it was met. Ordinary
 * exceptions go on to gRPC, which fails the one call.
 */
final class FatalInterceptor implements ServerInterceptor {
  private final FatalHandler fatal;

  FatalInterceptor(FatalHandler fatal) {
    this.fatal = fatal;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String method = call.getMethodDescriptor().getFullMethodName();
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        guarded(() -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        guarded(super::onHalfClose);
      }

      @Override
      public void onReady() {
        guarded(super::onReady);
      }

      @Override
      public void onCancel() {
        guarded(super::onCancel);
      }

      private void guarded(Runnable step) {
        try {
          step.run();
        } catch (Error failure) {
          fatal.onFatal(method, failure);
          throw failure;
        }
      }
    };
  }
}
