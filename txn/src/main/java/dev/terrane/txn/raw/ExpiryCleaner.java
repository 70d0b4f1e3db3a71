package dev.terrane.txn.raw;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.WriteReply;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Proposes to delete expired values that reads have met. Takes no latch: the deletion compares when
 * it is applied, and a decision sees an expired value as absent before and after.
 *
 * <p>Thread-safe. At most a few proposals are under way; what comes on top is dropped, since the
 * next read of the same key meets it again.
 */
final class ExpiryCleaner {
  static final int PROPOSALS_MAX = 16;

  private final RegionStorage storage;
  private final AtomicInteger proposals = new AtomicInteger();

  private final WriteReply whenDecided =
      new WriteReply() {
        @Override
        public void applied() {
          proposals.decrementAndGet();
        }

        @Override
        public void refused(RegionError error) {
          proposals.decrementAndGet();
        }
      };

  ExpiryCleaner(RegionStorage storage) {
    this.storage = storage;
  }

  void propose(RegionContext region, KeyRange keys, Mutations deletions) {
    if (proposals.incrementAndGet() > PROPOSALS_MAX) {
      proposals.decrementAndGet();
      return;
    }
    storage.write(region, keys, deletions, null, whenDecided);
  }
}
