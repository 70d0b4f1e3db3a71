package dev.terrane.store;

import dev.terrane.proto.terranepb.RaftBatch;

/** Batches that nobody's outbox has made. */
final class Strangers {
  private Strangers() {}

  /** As {@code from} would send it to {@code to}, knowing what it has been told. */
  static RaftBatch.Builder batchOf(StoreHarness from, StoreHarness to) {
    return forged(from.storeId(), to)
        .setFromIncarnation(from.store().contacts().ours(to.storeId()))
        .setToIncarnation(to.store().contacts().ours(from.storeId()));
  }

  /** As anybody can send it to {@code to} who knows the ids, which PD tells everybody. */
  static RaftBatch.Builder forged(long fromStoreId, StoreHarness to) {
    return RaftBatch.newBuilder()
        .setClusterId(StoreHarness.CLUSTER_ID)
        .setFromStoreId(fromStoreId)
        .setToStoreId(to.storeId())
        .setFromIncarnation(4711)
        .setToIncarnation(4712);
  }
}
