package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.raft.Entry;
import dev.terrane.store.wire.AppliedPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What arrives in the applier's inbox. */
sealed interface ApplyTask {
  /** From now on the Region's entries come here; or its data has been replaced by a snapshot. */
  record Open(long regionId, long peerId, Region region, AppliedPosition position)
      implements ApplyTask {}

  /**
   * Committed and locally durable entries of one Region, in order.
   *
   * @param proposals of those entries that were proposed here, in the order of their indexes
   */
  record Entries(long regionId, List<Entry> entries, List<ProposalQueue.InLog> proposals)
      implements ApplyTask {}

  /** No more is to be written to the Region. Answered with {@link StoreMessage.ApplierClosed}. */
  record Close(long regionId, long peerId) implements ApplyTask {}

  // ---- what was done elsewhere for a peer as it was opened: of no use if it was closed meanwhile,
  // be it to be opened again under the same id

  /** A barrier after an administrative entry has been passed. */
  record BarrierPassed(ApplyPeer peer) implements ApplyTask {}

  /**
   * What only the disk knew of a key that is to be compared.
   *
   * @param value null if the key is not there
   */
  record ValueRead(ApplyPeer peer, @Nullable Bytes value) implements ApplyTask {}

  /** The same could not be read now, as for want of descriptors. */
  record ValueNotRead(ApplyPeer peer, String reason) implements ApplyTask {}
}
