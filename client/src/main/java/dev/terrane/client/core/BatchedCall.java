package dev.terrane.client.core;

import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import org.jspecify.annotations.Nullable;

/** A call that travels in the batch stream. */
abstract class BatchedCall extends RegionCall {
  /** Valid while sent; unique within {@link #stream}. */
  long requestId;

  private @Nullable StoreStream stream;

  BatchedCall(ClientCore core) {
    super(core);
  }

  /** Which answer belongs to it. */
  abstract Response.CmdCase command();

  /** The request for the Region to which it was routed. */
  abstract Request request(Context context);

  /** The Region error in an answer of the right kind; null if it was served. */
  abstract @Nullable Error regionErrorOf(Response response);

  /** Takes the answer of a store that served it. */
  abstract void served(Response response);

  /** About how many bytes the request has. */
  abstract int bytes();

  @Override
  final void sendTo(StoreLink link) {
    StoreStream to = link.stream();
    stream = to;
    queued();
    to.enqueue(this);
  }

  @Override
  final void abandon() {
    StoreStream from = stream;
    if (from != null) {
      if (isQueued()) {
        from.withdraw(this); // or it would be there twice when it is queued again
      } else {
        from.abandon(this);
      }
    }
    stream = null;
  }

  /** Whether it still waits in {@code candidate}; if not, it was given up or sent elsewhere. */
  final boolean isQueuedIn(StoreStream candidate) {
    return stream == candidate && isQueued();
  }

  final void onResponse(Response response) {
    stream = null;
    if (response.getCmdCase() != command()) {
      // Not an answer at all: what happened to the request is not known.
      markSentInVain();
      refused("the store answered " + command() + " with " + response.getCmdCase());
      return;
    }
    Error error = regionErrorOf(response);
    if (error != null) {
      regionError(error);
    } else {
      served(response);
    }
  }
}
