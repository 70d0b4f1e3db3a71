package dev.terrane.server.net;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.InputStream;

/**
 * Fails a call whose request cannot be read as INTERNAL, with the reason, as other makes of gRPC
 * do, and tells the service that its caller is gone. By itself gRPC fails it as UNKNOWN,
 * "application error", and the service of a stream never hears that nothing more comes.
 */
final class ReadableRequests {
  /** Stands for a request that could not be read. */
  private record Unreadable(Status why) {}

  private ReadableRequests() {}

  static <Q, R> ServerMethodDefinition<Q, R> guard(ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder()
            .setRequestMarshaller(new Reading<>(descriptor.getRequestMarshaller()))
            .build(),
        new Guard<>(method.getServerCallHandler()));
  }

  private record Reading<Q>(MethodDescriptor.Marshaller<Q> marshaller)
      implements MethodDescriptor.Marshaller<Q> {
    @Override
    public InputStream stream(Q value) {
      return marshaller.stream(value);
    }

    /** What is thrown here would end in gRPC, so it travels to the {@link Guard} in Q's place. */
    @Override
    @SuppressWarnings("unchecked")
    public Q parse(InputStream stream) {
      try {
        return marshaller.parse(stream);
      } catch (RuntimeException e) {
        return (Q) new Unreadable(Status.fromThrowable(e));
      }
    }
  }

  private record Guard<Q, R>(ServerCallHandler<Q, R> service) implements ServerCallHandler<Q, R> {
    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
      return new SimpleForwardingServerCallListener<>(service.startCall(call, headers)) {
        private boolean over;

        @Override
        public void onMessage(Q message) {
          if (over) {
            return;
          }
          if ((Object) message instanceof Unreadable unreadable) {
            over = true;
            call.close(unreadable.why, new Metadata());
            super.onCancel();
          } else {
            super.onMessage(message);
          }
        }

        @Override
        public void onHalfClose() {
          if (!over) {
            super.onHalfClose();
          }
        }

        @Override
        public void onCancel() {
          if (!over) {
            super.onCancel();
          }
        }

        @Override
        public void onComplete() {
          if (!over) {
            super.onComplete();
          }
        }
      };
    }
  }
}
