package dev.terrane.server.transport;

import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.proto.terranepb.SnapshotAnswer;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.store.SnapshotStream;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot on its way to another store, over a connection of its own. The sender may be any
 * thread; the gRPC call is touched on the event loop only.
 *
 * <p>Ready means that the call would send at once and no chunk waits to be handed to it.
 */
final class OutboundSnapshot implements SnapshotStream {
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final Listener listener;

  private final ArrayDeque<SnapshotChunk> handedOver = new ArrayDeque<>();
  private boolean finished;
  private boolean over;
  private @Nullable ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<SnapshotChunk> call;

  /** Chunks between {@link #send} and the call. */
  private volatile boolean ready;

  OutboundSnapshot(GrpcChannels channels, LoopExecutor loop, Listener listener) {
    this.channels = channels;
    this.loop = loop;
    this.listener = listener;
  }

  /** On the event loop. */
  void open(@Nullable HostPort address) {
    if (over) {
      return;
    }
    if (address == null) {
      over = true;
      listener.onFailed("the store's address is not known");
      return;
    }
    channel = channels.open(address);
    // Without a deadline: how long it takes is the data's affair. The sender gives up what stalls.
    InternalGrpc.newStub(channel).snapshot(new Responses());
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void send(SnapshotChunk chunk) {
    ready = false;
    loop.executeOrRun(() -> {
      handedOver.add(chunk);
      pump();
    });
  }

  @Override
  public void finish() {
    loop.executeOrRun(() -> {
      finished = true;
      pump();
    });
  }

  @Override
  public void abort(String reason) {
    loop.executeOrRun(() -> {
      if (!over) {
        over = true;
        if (call != null) {
          call.cancel(reason, null);
        }
        closeChannel();
      }
    });
  }

  private void pump() {
    ClientCallStreamObserver<SnapshotChunk> open = call;
    if (over || open == null) {
      return;
    }
    while (!handedOver.isEmpty()) {
      open.onNext(handedOver.remove());
    }
    if (finished) {
      finished = false;
      open.onCompleted();
    } else if (open.isReady()) {
      becomeReady();
    }
  }

  private void becomeReady() {
    if (!ready) {
      ready = true;
      listener.onReady();
    }
  }

  private void closeChannel() {
    if (channel != null) {
      channel.shutdown();
      channel = null;
    }
  }

  private final class Responses implements ClientResponseObserver<SnapshotChunk, SnapshotAnswer> {
    @Override
    public void beforeStart(ClientCallStreamObserver<SnapshotChunk> requests) {
      call = requests;
      requests.setOnReadyHandler(() -> loop.executeOrRun(OutboundSnapshot.this::pump));
    }

    @Override
    public void onNext(SnapshotAnswer answer) {
      loop.executeOrRun(() -> {
        if (over) {
          return;
        }
        switch (answer.getAnswerCase()) {
          case PERMIT -> listener.onPermit();
          case DONE -> {
            over = true;
            listener.onDone(answer.getDone());
            closeChannel();
          }
          case ANSWER_NOT_SET -> {} // of a newer protocol; what matters follows
        }
      });
    }

    @Override
    public void onError(Throwable failure) {
      end(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onCompleted() {
      end("the receiver ended without an answer");
    }

    private void end(String reason) {
      loop.executeOrRun(() -> {
        if (!over) {
          over = true;
          listener.onFailed(reason);
        }
        closeChannel();
      });
    }
  }
}
