package dev.terrane.store;

import dev.terrane.proto.terranepb.RaftBatch;

/**
 * Carries messages to other stores, which it finds by their ids.
 *
 * <p>Called from the store loop's thread and must not block. What it cannot deliver it drops: Raft
 * sends again. What it does deliver to one store arrives in order.
 */
public interface StoreTransport {
  /**
   * There will be something to send to that store: finds out where it is while that can be asked,
   * for followers have nothing to say to each other until they must elect a leader.
   */
  void prepare(long toStoreId);

  /**
   * Sends {@code batch}, or drops it. Bounds what it holds per store in bytes, and drops whole
   * batches beyond that.
   */
  void send(long toStoreId, RaftBatch batch);

  /**
   * Opens a stream for one snapshot. The transport calls {@code listener} from its own threads,
   * first when the stream can take a chunk; it calls {@link SnapshotStream.Listener#onFailed} if
   * there never will be one.
   */
  SnapshotStream openSnapshot(long toStoreId, SnapshotStream.Listener listener);
}
