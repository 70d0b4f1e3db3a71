package dev.terrane.client.grpc;

import dev.terrane.client.core.Transport.BatchListener;
import dev.terrane.client.core.Transport.BatchStream;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A stream of batched commands. Confined to the event loop. */
final class GrpcBatchStream extends ClientCall.Listener<BatchCommandsResponse>
    implements BatchStream {
  /** Several messages may be on their way to the socket, so that it never runs dry under load. */
  private static final int READY_BELOW_BYTES = 256 << 10;

  private final ClientLoop loop;
  private final BatchListener listener;
  private @Nullable ClientCall<BatchCommandsRequest, BatchCommandsResponse> call;
  private boolean opening;
  private boolean ended;

  GrpcBatchStream(ClientLoop loop, BatchListener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  void open(Channel channel) {
    ClientCall<BatchCommandsRequest, BatchCommandsResponse> opened =
        channel.newCall(
            TikvGrpc.getBatchCommandsMethod(),
            CallOptions.DEFAULT.withOnReadyThreshold(READY_BELOW_BYTES));
    call = opened;
    opening = true;
    opened.start(this, new Metadata());
    opened.request(Integer.MAX_VALUE);
    opening = false;
  }

  /** Ends the stream, which could not be opened. */
  void refuse(Failure failure) {
    loop.run(
        true,
        () -> {
          if (!ended) {
            ended = true;
            listener.onClosed(failure);
          }
        });
  }

  @Override
  public boolean isReady() {
    return call != null && call.isReady();
  }

  @Override
  public void send(BatchCommandsRequest message) {
    if (call != null) {
      call.sendMessage(message);
    }
  }

  @Override
  public void cancel() {
    ended = true;
    if (call != null) {
      call.cancel("the client gives the stream up", null);
    }
  }

  @Override
  public void onReady() {
    deliver(listener::onReady);
  }

  @Override
  public void onMessage(BatchCommandsResponse message) {
    if (loop.isCurrent() && !opening) {
      if (!ended) {
        listener.onMessage(message);
        loop.rearm();
      }
    } else {
      deliver(() -> listener.onMessage(message));
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    deliver(() -> {
      ended = true;
      if (call != null) {
        listener.onClosed(Failures.of(call, status, trailers));
      }
    });
  }

  /** On the event loop, and not from within {@link #open}. */
  private void deliver(Runnable event) {
    loop.run(
        opening,
        () -> {
          if (!ended) {
            event.run();
          }
        });
  }
}
