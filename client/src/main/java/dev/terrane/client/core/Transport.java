package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;

/**
 * The network as the client's core sees it. Addresses are {@code host:port}; connections are opened
 * when first used and shared by all calls to an address.
 *
 * <p>Called on the core's thread only. Listeners are called on that thread too, never from within
 * the call that was given them, and never again once they have heard of an end.
 */
public interface Transport {
  /** Opens a stream of batched commands; {@link BatchListener#onReady} tells when to begin. */
  BatchStream openBatch(String address, BatchListener listener);

  /** Sends one request and hands its answer, or why there is none, to {@code listener}. */
  <Q extends Message, A extends Message> Call unary(
      String address, Rpc<Q, A> rpc, Q request, UnaryListener<A> listener);

  /**
   * Nobody will call {@code address} soon: what connects to it is let go once the calls under way
   * there have ended. A later call connects anew.
   */
  void release(String address);

  /** A call that can be given up. Its listener hears nothing after that. */
  interface Call {
    void cancel();
  }

  /** A stream of batched commands to one store. */
  interface BatchStream {
    /** Whether a message would leave soon; if not, {@link BatchListener#onReady} follows. */
    boolean isReady();

    void send(BatchCommandsRequest message);

    /** Ends the stream; its listener hears nothing more. */
    void cancel();
  }

  /** What comes back on a {@link BatchStream}. */
  interface BatchListener {
    void onReady();

    void onMessage(BatchCommandsResponse message);

    void onClosed(Failure failure);
  }

  /** What comes back from a {@link #unary} call: one of the two, once. */
  interface UnaryListener<A> {
    void onAnswer(A answer);

    void onFailure(Failure failure);
  }

  /** Why a call or stream ended without an answer. */
  record Failure(Kind kind, String message) {
    /** How far the request may have got. */
    public enum Kind {
      /** It was not executed: no connection could be made, or the server looks at no calls yet. */
      NOT_TAKEN,
      /** It may have been executed. */
      LOST,
      /** The other side does not know the procedure. */
      UNIMPLEMENTED,
      /** It may have been executed; its answer had no room in this process. */
      OUT_OF_MEMORY
    }
  }
}
