package dev.terrane.pd;

import dev.terrane.proto.etcdserverpb.MemberListRequest;
import dev.terrane.proto.etcdserverpb.MemberListResponse;
import dev.terrane.proto.etcdserverpb.PutRequest;
import dev.terrane.proto.etcdserverpb.PutResponse;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.etcdserverpb.RangeResponse;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesRequest;
import dev.terrane.proto.keyspacepb.GetAllKeyspacesResponse;
import dev.terrane.proto.keyspacepb.LoadKeyspaceByIDRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.pdpb.AdvanceGCSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceGCSafePointResponse;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointRequest;
import dev.terrane.proto.pdpb.AdvanceTxnSafePointResponse;
import dev.terrane.proto.pdpb.AllocIDRequest;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.AskBatchSplitRequest;
import dev.terrane.proto.pdpb.AskBatchSplitResponse;
import dev.terrane.proto.pdpb.AskSplitRequest;
import dev.terrane.proto.pdpb.AskSplitResponse;
import dev.terrane.proto.pdpb.BatchScanRegionsRequest;
import dev.terrane.proto.pdpb.BatchScanRegionsResponse;
import dev.terrane.proto.pdpb.BootstrapRequest;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.DeleteGCBarrierRequest;
import dev.terrane.proto.pdpb.DeleteGCBarrierResponse;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetClusterConfigRequest;
import dev.terrane.proto.pdpb.GetClusterConfigResponse;
import dev.terrane.proto.pdpb.GetClusterInfoRequest;
import dev.terrane.proto.pdpb.GetClusterInfoResponse;
import dev.terrane.proto.pdpb.GetExternalTimestampRequest;
import dev.terrane.proto.pdpb.GetExternalTimestampResponse;
import dev.terrane.proto.pdpb.GetGCSafePointRequest;
import dev.terrane.proto.pdpb.GetGCSafePointResponse;
import dev.terrane.proto.pdpb.GetGCStateRequest;
import dev.terrane.proto.pdpb.GetGCStateResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.GetOperatorRequest;
import dev.terrane.proto.pdpb.GetOperatorResponse;
import dev.terrane.proto.pdpb.GetRegionByIDRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.IsBootstrappedRequest;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.ReportBatchSplitRequest;
import dev.terrane.proto.pdpb.ReportBatchSplitResponse;
import dev.terrane.proto.pdpb.ReportSplitRequest;
import dev.terrane.proto.pdpb.ReportSplitResponse;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.ScatterRegionRequest;
import dev.terrane.proto.pdpb.ScatterRegionResponse;
import dev.terrane.proto.pdpb.SetGCBarrierRequest;
import dev.terrane.proto.pdpb.SetGCBarrierResponse;
import dev.terrane.proto.pdpb.SplitRegionsRequest;
import dev.terrane.proto.pdpb.SplitRegionsResponse;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.pdpb.UpdateGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateGCSafePointResponse;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointResponse;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.DecideKeyModeResponse;
import dev.terrane.proto.terranepd.ExplainRegionRequest;
import dev.terrane.proto.terranepd.ExplainRegionResponse;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
import dev.terrane.proto.terranepd.KeepStoreRequest;
import dev.terrane.proto.terranepd.KeepStoreResponse;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.ListOperatorsRequest;
import dev.terrane.proto.terranepd.ListOperatorsResponse;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.ListStoresResponse;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import dev.terrane.proto.terranepd.SetRulesRequest;
import dev.terrane.proto.terranepd.SetRulesResponse;

/**
 * A PD member as its server sees it: one method for each call of the protocol, in the protocol's
 * own messages. Each call goes through the member's inbox and is answered from its thread.
 *
 * <p>Only a leader whose lease is valid answers, except where a method says that any member does.
 * Calls for timestamps get theirs in the order in which they were made, and wait for no other call.
 * Among the others there is no order: one that waits for something holds up none.
 *
 * <p>Thread-safe. Never blocks.
 */
public interface Pd {
  // ---- members; answered by any member

  void getMembers(GetMembersRequest request, PdReply<GetMembersResponse> reply);

  void getClusterInfo(GetClusterInfoRequest request, PdReply<GetClusterInfoResponse> reply);

  void memberList(MemberListRequest request, PdReply<MemberListResponse> reply);

  void listMembers(ListMembersRequest request, PdReply<ListMembersResponse> reply);

  /** Raft messages of another member, for any member; {@code taken} is called once, afterwards. */
  void raft(PdRaftBatch batch, Runnable taken);

  // ---- members; answered by the leader

  void addMember(AddMemberRequest request, PdReply<AddMemberResponse> reply);

  void removeMember(RemoveMemberRequest request, PdReply<RemoveMemberResponse> reply);

  // ---- timestamps and ids

  /** One message of a timestamp stream. A refusal ends the stream. */
  void tso(TsoRequest request, PdReply<TsoResponse> reply);

  void allocId(AllocIDRequest request, PdReply<AllocIDResponse> reply);

  // ---- the cluster and its stores

  void bootstrap(BootstrapRequest request, PdReply<BootstrapResponse> reply);

  void isBootstrapped(IsBootstrappedRequest request, PdReply<IsBootstrappedResponse> reply);

  void putStore(PutStoreRequest request, PdReply<PutStoreResponse> reply);

  void getStore(GetStoreRequest request, PdReply<GetStoreResponse> reply);

  void getAllStores(GetAllStoresRequest request, PdReply<GetAllStoresResponse> reply);

  void storeHeartbeat(StoreHeartbeatRequest request, PdReply<StoreHeartbeatResponse> reply);

  void removeStore(RemoveStoreRequest request, PdReply<RemoveStoreResponse> reply);

  /** Takes back that a store is to be removed. */
  void keepStore(KeepStoreRequest request, PdReply<KeepStoreResponse> reply);

  void listStores(ListStoresRequest request, PdReply<ListStoresResponse> reply);

  void getClusterConfig(GetClusterConfigRequest request, PdReply<GetClusterConfigResponse> reply);

  void getExternalTimestamp(
      GetExternalTimestampRequest request, PdReply<GetExternalTimestampResponse> reply);

  void getRules(GetRulesRequest request, PdReply<GetRulesResponse> reply);

  void setRules(SetRulesRequest request, PdReply<SetRulesResponse> reply);

  /** Changes some of the rules, all or none. */
  void changeRules(ChangeRulesRequest request, PdReply<ChangeRulesResponse> reply);

  void decideKeyMode(DecideKeyModeRequest request, PdReply<DecideKeyModeResponse> reply);

  // ---- Regions

  void getRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply);

  void getPrevRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply);

  void getRegionById(GetRegionByIDRequest request, PdReply<GetRegionResponse> reply);

  /** One message of a query stream. A refusal ends the stream. */
  void queryRegion(QueryRegionRequest request, PdReply<QueryRegionResponse> reply);

  void scanRegions(ScanRegionsRequest request, PdReply<ScanRegionsResponse> reply);

  void batchScanRegions(BatchScanRegionsRequest request, PdReply<BatchScanRegionsResponse> reply);

  /** Opens a store's heartbeat stream; instructions to it come through {@code sink}. */
  HeartbeatStream openHeartbeats(InstructionSink sink);

  void askSplit(AskSplitRequest request, PdReply<AskSplitResponse> reply);

  void askBatchSplit(AskBatchSplitRequest request, PdReply<AskBatchSplitResponse> reply);

  void reportSplit(ReportSplitRequest request, PdReply<ReportSplitResponse> reply);

  void reportBatchSplit(ReportBatchSplitRequest request, PdReply<ReportBatchSplitResponse> reply);

  // ---- scheduling

  void scatterRegion(ScatterRegionRequest request, PdReply<ScatterRegionResponse> reply);

  void splitRegions(SplitRegionsRequest request, PdReply<SplitRegionsResponse> reply);

  void getOperator(GetOperatorRequest request, PdReply<GetOperatorResponse> reply);

  void listOperators(ListOperatorsRequest request, PdReply<ListOperatorsResponse> reply);

  /** What PD would do with a Region now, and why, or why it does nothing. */
  void explainRegion(ExplainRegionRequest request, PdReply<ExplainRegionResponse> reply);

  // ---- garbage collection

  void getGcSafePoint(GetGCSafePointRequest request, PdReply<GetGCSafePointResponse> reply);

  void updateGcSafePoint(
      UpdateGCSafePointRequest request, PdReply<UpdateGCSafePointResponse> reply);

  void updateServiceGcSafePoint(
      UpdateServiceGCSafePointRequest request, PdReply<UpdateServiceGCSafePointResponse> reply);

  void getGcState(GetGCStateRequest request, PdReply<GetGCStateResponse> reply);

  void advanceTxnSafePoint(
      AdvanceTxnSafePointRequest request, PdReply<AdvanceTxnSafePointResponse> reply);

  void advanceGcSafePoint(
      AdvanceGCSafePointRequest request, PdReply<AdvanceGCSafePointResponse> reply);

  void setGcBarrier(SetGCBarrierRequest request, PdReply<SetGCBarrierResponse> reply);

  void deleteGcBarrier(DeleteGCBarrierRequest request, PdReply<DeleteGCBarrierResponse> reply);

  // ---- keyspaces

  void loadKeyspace(LoadKeyspaceRequest request, PdReply<LoadKeyspaceResponse> reply);

  void loadKeyspaceById(LoadKeyspaceByIDRequest request, PdReply<LoadKeyspaceResponse> reply);

  void getAllKeyspaces(GetAllKeyspacesRequest request, PdReply<GetAllKeyspacesResponse> reply);

  // ---- the part of etcd that old clients call

  void etcdRange(RangeRequest request, PdReply<RangeResponse> reply);

  void etcdPut(PutRequest request, PdReply<PutResponse> reply);
}
