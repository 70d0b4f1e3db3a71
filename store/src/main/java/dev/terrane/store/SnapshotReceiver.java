package dev.terrane.store;

import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;

/**
 * The receiving end of one snapshot stream, which the store gives to its server.
 *
 * <p>The server hands over one chunk after the other and asks its peer for the next only when the
 * last one's {@code consumed} has run, so at most one chunk of a stream is in memory.
 */
public interface SnapshotReceiver {
  /** Where the answers to the stream go, from any thread. */
  interface Reply {
    /** What was offered may come; at most once, before the end. */
    void permitted();

    /** The end; called once. */
    void done(SnapshotDone done);
  }

  /** Takes one chunk; {@code consumed} runs on any thread when the next may come. */
  void onChunk(SnapshotChunk chunk, Runnable consumed);

  /** The sender has sent its last chunk. */
  void onEnd();

  /** The stream broke: what was received is thrown away. */
  void onFailed(String reason);
}
