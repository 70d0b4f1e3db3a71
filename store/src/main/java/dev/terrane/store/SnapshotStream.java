package dev.terrane.store;

import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;

/**
 * The sending end of one snapshot's way to another store. Used by one thread at a time.
 *
 * <p>Ends in one of three ways: the receiver answers, the stream fails, or the sender aborts it.
 */
public interface SnapshotStream {
  /** What the transport reports, from any thread, without waiting for the listener's work. */
  interface Listener {
    /** The stream can take chunks again: {@link SnapshotStream#isReady} has become true. */
    void onReady();

    /** The receiver waits for the snapshot that it was offered. */
    void onPermit();

    /** The receiver has answered; nothing follows. */
    void onDone(SnapshotDone done);

    /** The stream broke; nothing follows. */
    void onFailed(String reason);
  }

  /** Whether another chunk would be sent rather than held in memory. */
  boolean isReady();

  /** Sends the next chunk. Holds it in memory if the stream is not ready. */
  void send(SnapshotChunk chunk);

  /** No chunk follows. */
  void finish();

  /** Gives up. The listener hears nothing more. */
  void abort(String reason);
}
