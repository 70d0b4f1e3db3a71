package dev.terrane.client.grpc;

import dev.terrane.client.core.Transport.Call;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.client.core.Transport.UnaryListener;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Confined to the event loop. */
final class GrpcUnaryCall<Q, A> extends ClientCall.Listener<A> implements Call {
  private final ClientLoop loop;
  private final UnaryListener<A> listener;
  private @Nullable ClientCall<Q, A> call;
  private @Nullable A answer;
  private boolean sending;
  private boolean cancelled;

  GrpcUnaryCall(ClientLoop loop, UnaryListener<A> listener) {
    this.loop = loop;
    this.listener = listener;
  }

  void send(Channel channel, MethodDescriptor<Q, A> method, Q request) {
    ClientCall<Q, A> opened = channel.newCall(method, CallOptions.DEFAULT);
    call = opened;
    sending = true;
    opened.start(this, new Metadata());
    opened.request(2);
    opened.sendMessage(request);
    opened.halfClose();
    sending = false;
  }

  /** Ends the call, which could not be made. */
  void refuse(Failure failure) {
    loop.run(
        true,
        () -> {
          if (!cancelled) {
            listener.onFailure(failure);
          }
        });
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (call != null) {
      call.cancel("the client gives the call up", null);
    }
  }

  @Override
  public void onMessage(A message) {
    answer = message;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    loop.run(sending, () -> close(status, trailers));
  }

  private void close(Status status, Metadata trailers) {
    A received = answer;
    if (cancelled) {
      return;
    }
    if (status.isOk() && received != null) {
      listener.onAnswer(received);
    } else if (status.isOk()) {
      listener.onFailure(new Failure(Failure.Kind.LOST, "the call ended without an answer"));
    } else if (call != null) {
      listener.onFailure(Failures.of(call, status, trailers));
    }
  }
}
