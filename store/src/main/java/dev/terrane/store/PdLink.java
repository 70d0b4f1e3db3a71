package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.StoreStats;

/**
 * A store's way to the placement driver. The link finds PD's leader, fills in request headers and
 * bounds each call in time; it does not retry what PD has answered.
 *
 * <p>Nothing here waits. Answers may come on any thread, also before the call returns. Errors of
 * PD's own are in the answer's header.
 */
public interface PdLink {
  /** Hears the end of one call, exactly once. */
  interface Reply<T> {
    void answered(T answer);

    /** No answer came. Whether PD acted is unknown. */
    void failed(String reason);
  }

  /** Asks for {@code count} new ids; the answer names the last of them. */
  void allocIds(int count, Reply<AllocIDResponse> reply);

  void isBootstrapped(Reply<IsBootstrappedResponse> reply);

  /** Offers the first Region of the cluster. Of several stores that do, one wins. */
  void bootstrap(Store store, Region region, Reply<BootstrapResponse> reply);

  void getRegion(Bytes key, Reply<GetRegionResponse> reply);

  /** Says that the store is there, where it is, and of which version. */
  void putStore(Store store, Reply<PutStoreResponse> reply);

  void storeHeartbeat(StoreStats stats, Reply<StoreHeartbeatResponse> reply);

  /**
   * Reports one Region that this store leads. Has no answer of its own: what PD wants done comes
   * through {@link StoreInbound#onPdInstruction}. May be dropped when PD cannot be reached.
   */
  void regionHeartbeat(RegionHeartbeatRequest heartbeat);
}
