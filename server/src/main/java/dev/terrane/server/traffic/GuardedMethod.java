package dev.terrane.server.traffic;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;

/** Counts the calls of one method, and stands between them and the service. */
final class GuardedMethod<Q, R> implements ServerCallHandler<Q, R> {
  private final NodeTraffic node;
  private final ServerCallHandler<Q, R> service;

  private GuardedMethod(NodeTraffic node, ServerCallHandler<Q, R> service) {
    this.node = node;
    this.service = service;
  }

  static <Q, R> ServerMethodDefinition<Q, R> of(
      NodeTraffic node, ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
    MethodDescriptor.Builder<Q, R> guarded =
        descriptor.toBuilder()
            .setRequestMarshaller(
                new Received.Reading<>(
                    descriptor.getRequestMarshaller(), node.budget().largeBytesMax()));
    if (descriptor.getResponseMarshaller() instanceof PrototypeMarshaller<R> messages) {
      guarded.setResponseMarshaller(new WireAnswer.Writing<>(messages));
    }
    return ServerMethodDefinition.create(
        guarded.build(), new GuardedMethod<>(node, method.getServerCallHandler()));
  }

  @Override
  public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
    CallTraffic known = CallTraffic.KEY.get();
    CallTraffic traffic =
        known == null ? node.open(call.getMethodDescriptor().getFullMethodName()) : known;
    Context context = Context.current().withValue(CallTraffic.KEY, traffic);
    CountedCall<Q, R> counted = new CountedCall<>(call, traffic, node.unread());
    if (!traffic.isAdmitted()) {
      counted.refuse();
      return new Ended<>(traffic);
    }
    node.unread().add(counted);
    ServerCall.Listener<Q> listener = start(context, counted, headers);
    GuardedListener<Q, R> guarded =
        new GuardedListener<>(node, traffic, context, counted, listener);
    traffic.whenNoRoom(guarded::refuse);
    return guarded;
  }

  private ServerCall.Listener<Q> start(Context context, CountedCall<Q, R> call, Metadata headers) {
    Context before = context.attach();
    try {
      return service.startCall(call, headers);
    } catch (RuntimeException e) {
      call.close(Status.UNKNOWN.withCause(e), new Metadata());
      throw e;
    } finally {
      context.detach(before);
    }
  }

  /** Hears only when a call is over that was refused at once. */
  private static final class Ended<Q> extends ServerCall.Listener<Q> {
    private final CallTraffic traffic;

    Ended(CallTraffic traffic) {
      this.traffic = traffic;
    }

    @Override
    public void onCancel() {
      traffic.end();
    }

    @Override
    public void onComplete() {
      traffic.end();
    }
  }
}
