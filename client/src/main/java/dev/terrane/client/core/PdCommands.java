package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.PdMember;
import dev.terrane.client.PdMembers;
import dev.terrane.client.RegionInfo;
import dev.terrane.client.StoreInfo;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreLabel;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.PeerStats;
import dev.terrane.proto.pdpb.Region;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Questions to PD, from any thread. */
public final class PdCommands {
  private static final int TIMESTAMP_LOGICAL_BITS = 18;

  private final ClientCore core;

  public PdCommands(ClientCore core) {
    this.core = core;
  }

  public void members(Completion<? super PdMembers> completion) {
    ask(
        Rpc.GET_MEMBERS,
        header -> GetMembersRequest.newBuilder().setHeader(header).build(),
        GetMembersResponse::getHeader,
        PdCommands::members,
        completion);
  }

  /** Every store but those that are gone for good. */
  public void stores(Completion<? super List<StoreInfo>> completion) {
    ask(
        Rpc.GET_ALL_STORES,
        header ->
            GetAllStoresRequest.newBuilder()
                .setHeader(header)
                .setExcludeTombstoneStores(true)
                .build(),
        GetAllStoresResponse::getHeader,
        answer -> answer.getStoresList().stream().map(PdCommands::store).toList(),
        completion);
  }

  public void store(long storeId, Completion<? super StoreInfo> completion) {
    ask(
        Rpc.GET_STORE,
        header -> GetStoreRequest.newBuilder().setHeader(header).setStoreId(storeId).build(),
        GetStoreResponse::getHeader,
        answer -> store(answer.getStore()),
        completion);
  }

  /**
   * The Regions that overlap {@code range}, in key order, at most {@code limit} of them. Bounds are
   * as PD has them.
   */
  public void regions(KeyRange range, int limit, Completion<? super List<RegionInfo>> completion) {
    if (limit <= 0) {
      throw new InvalidArgumentException("a limit of " + limit + " regions");
    }
    ask(
        Rpc.SCAN_REGIONS,
        header ->
            ScanRegionsRequest.newBuilder()
                .setHeader(header)
                .setStartKey(ProtoBytes.toByteString(range.start()))
                .setEndKey(ProtoBytes.toByteString(range.end()))
                .setLimit(limit)
                .build(),
        ScanRegionsResponse::getHeader,
        answer -> answer.getRegionsList().stream().map(PdCommands::region).toList(),
        completion);
  }

  /** A timestamp above every one that PD has given before: milliseconds, then 18 bits of count. */
  public void timestamp(Completion<? super Long> completion) {
    ask(
        Rpc.TSO,
        header -> TsoRequest.newBuilder().setHeader(header).setCount(1).build(),
        TsoResponse::getHeader,
        answer ->
            (answer.getTimestamp().getPhysical() << TIMESTAMP_LOGICAL_BITS)
                + answer.getTimestamp().getLogical(),
        completion);
  }

  private <Q extends Message, A extends Message, T> void ask(
      Rpc<Q, A> rpc,
      Function<RequestHeader, Q> request,
      Function<A, ResponseHeader> header,
      Function<A, T> reading,
      Completion<? super T> completion) {
    core.submit(new PdCall<>(core, rpc, request, header, reading, completion));
  }

  private static PdMembers members(GetMembersResponse answer) {
    List<PdMember> members = new ArrayList<>();
    for (Member member : answer.getMembersList()) {
      members.add(
          new PdMember(
              member.getName(),
              member.getMemberId(),
              List.copyOf(member.getClientUrlsList()),
              member.getMemberId() == answer.getLeader().getMemberId()));
    }
    return new PdMembers(answer.getHeader().getClusterId(), members);
  }

  private static StoreInfo store(Store store) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (StoreLabel label : store.getLabelsList()) {
      labels.put(label.getKey(), label.getValue());
    }
    return new StoreInfo(
        store.getId(),
        store.getAddress(),
        store.getStatusAddress(),
        store.getVersion(),
        store.getState().name(),
        labels,
        store.getLastHeartbeat() / 1_000_000);
  }

  private static RegionInfo region(Region region) {
    Optional<Peer> leader =
        region.hasLeader() && region.getLeader().getId() != 0
            ? Optional.of(ProtoRegions.fromProto(region.getLeader()))
            : Optional.empty();
    List<Peer> down =
        region.getDownPeersList().stream()
            .map(PeerStats::getPeer)
            .map(ProtoRegions::fromProto)
            .toList();
    List<Peer> pending =
        region.getPendingPeersList().stream().map(ProtoRegions::fromProto).toList();
    return new RegionInfo(ProtoRegions.fromProto(region.getRegion()), leader, down, pending);
  }
}
