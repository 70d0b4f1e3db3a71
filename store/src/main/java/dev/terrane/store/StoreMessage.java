package dev.terrane.store;

import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepb.RaftBatch;
import java.util.List;

/** What arrives in a store loop's inbox. */
sealed interface StoreMessage permits Proposal, ReadRequest, StoreMessage.Other {
  /** All that is not on the path of every request. */
  sealed interface Other extends StoreMessage {}

  /** From another store, which hears by {@code taken} that this was taken up. */
  record RaftReceived(RaftBatch batch, Runnable taken) implements Other {}

  /** From PD. */
  record Instructed(RegionHeartbeatResponse instruction) implements Other {}

  /** The log writer has made {@code task} durable. */
  record Persisted(LogTask task) implements Other {}

  /** The applier has got this far with these Regions. */
  record Applied(List<AppliedRegion> regions) implements Other {}

  /** The applier has let go of a Region and will not write to it again. */
  record ApplierClosed(long regionId, long peerId) implements Other {}

  /** The engine was looked at. That stirs nobody: it is done at rest, too. */
  record EngineRead(EngineReadings.Reading reading) implements Other {}

  /** It could not be looked at now. */
  record EngineNotRead() implements Other {}

  /** Something that was done elsewhere for the loop is finished: {@code next} runs on the loop. */
  record Resume(Runnable next) implements Other {}
}
