package dev.terrane.client.core;

import dev.terrane.client.core.Transport.BatchListener;
import dev.terrane.client.core.Transport.BatchStream;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One batch stream to one store. Calls gather while the core works through what has arrived, and
 * leave together when it is done: alone when it is idle, up to the batch limits under load. While
 * the connection takes no more they stay here, and count as not sent.
 */
final class StoreStream implements BatchListener {
  private final ClientCore core;
  private final StoreLink link;
  private final ArrayDeque<BatchedCall> queue = new ArrayDeque<>();
  private final InFlight inFlight = new InFlight();
  private @Nullable BatchStream stream;
  private boolean dirty;

  StoreStream(ClientCore core, StoreLink link) {
    this.core = core;
    this.link = link;
  }

  boolean isIdle() {
    return queue.isEmpty() && inFlight.size() == 0;
  }

  void enqueue(BatchedCall call) {
    queue.add(call);
    if (!dirty) {
      dirty = true;
      core.flushLater(this);
    }
  }

  /** Takes out a call that waited for too long: mostly the oldest, which is the first. */
  void withdraw(BatchedCall call) {
    queue.remove(call);
  }

  /** A late answer to {@code call} will find nobody. */
  void abandon(BatchedCall call) {
    inFlight.remove(call.requestId);
  }

  /** Sends what has gathered, as far as the connection takes it. */
  void flush() {
    dirty = false;
    try {
      send();
    } catch (Throwable thrown) {
      // What it was about to send is not known: all of it fails over.
      close("the client failed to send: " + thrown);
    }
  }

  private void send() {
    BatchStream open = stream;
    if (open == null) {
      if (!queue.isEmpty()) {
        stream = core.transport().openBatch(link.address(), this);
      }
      return;
    }
    while (!queue.isEmpty() && open.isReady()) {
      BatchCommandsRequest message = nextMessage();
      if (message == null) {
        return;
      }
      open.send(message);
    }
  }

  private @Nullable BatchCommandsRequest nextMessage() {
    BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
    int requestsMax = core.config().batchRequestsMax();
    int bytes = 0;
    int requests = 0;
    while (requests < requestsMax) {
      BatchedCall call = queue.peek();
      if (call == null) {
        break;
      }
      if (!call.isQueuedIn(this)) {
        queue.remove();
        continue;
      }
      if (call.region().target().storeId() != link.storeId()) {
        // Its Region's leader was found elsewhere while it waited here.
        queue.remove();
        core.route(call);
        continue;
      }
      bytes += call.bytes();
      if (requests > 0 && bytes > core.config().batchBytesMax()) {
        break;
      }
      queue.remove();
      Request request;
      try {
        request = call.request(call.region().context());
      } catch (Throwable thrown) {
        call.broke(thrown);
        continue;
      }
      message.addRequestIds(inFlight.add(call));
      message.addRequests(request);
      call.sent();
      requests++;
    }
    return requests == 0 ? null : message.build();
  }

  @Override
  public void onReady() {
    flush();
  }

  @Override
  public void onMessage(BatchCommandsResponse message) {
    int answers = Math.min(message.getResponsesCount(), message.getRequestIdsCount());
    for (int i = 0; i < answers; i++) {
      BatchedCall call = inFlight.remove(message.getRequestIds(i));
      if (call != null) {
        try {
          call.onResponse(message.getResponses(i));
        } catch (Throwable thrown) {
          call.broke(thrown);
        }
      }
    }
    core.flush();
  }

  @Override
  public void onClosed(Failure failure) {
    stream = null;
    boolean outOfMemory = failure.kind() == Failure.Kind.OUT_OF_MEMORY;
    if (!outOfMemory) {
      link.suspect();
    }
    List<BatchedCall> sent = new ArrayList<>(inFlight.size());
    inFlight.drain(sent::add);
    List<BatchedCall> unsent = takeQueue();
    for (BatchedCall call : sent) {
      if (outOfMemory) {
        // No other store would have a smaller answer.
        call.broke(new OutOfMemoryError(failure.message()));
      } else {
        core.step(
            call,
            () -> {
              if (failure.kind() == Failure.Kind.NOT_TAKEN) {
                core.recovery().unreachable(call, failure.message());
              } else {
                core.recovery().unanswered(call, failure.message());
              }
            });
      }
    }
    for (BatchedCall call : unsent) {
      core.step(call, () -> core.recovery().unreachable(call, failure.message()));
    }
    core.flush();
  }

  /** Ends the stream for good, as when the store has moved; its calls fail over. */
  void close(String why) {
    BatchStream open = stream;
    if (open != null) {
      open.cancel();
    }
    if (open != null || !queue.isEmpty()) {
      onClosed(new Failure(Failure.Kind.LOST, why));
    }
  }

  /** Ends the stream when the client closes; its calls are ended by their timers. */
  void cancel() {
    BatchStream open = stream;
    if (open != null) {
      stream = null;
      open.cancel();
    }
  }

  private List<BatchedCall> takeQueue() {
    List<BatchedCall> calls = new ArrayList<>(queue.size());
    for (BatchedCall call : queue) {
      if (call.isQueuedIn(this)) {
        calls.add(call);
      }
    }
    queue.clear();
    return calls;
  }
}
