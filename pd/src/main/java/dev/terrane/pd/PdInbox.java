package dev.terrane.pd;

import dev.terrane.common.agent.Inbox;
import dev.terrane.pd.PdCall.Work;
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
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
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
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.DecideKeyModeResponse;
import dev.terrane.proto.terranepd.ExplainRegionRequest;
import dev.terrane.proto.terranepd.ExplainRegionResponse;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
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

/** The way into a member's inbox. Thread-safe: it keeps nothing but the way. */
final class PdInbox implements Pd {
  private final Inbox<PdCall> calls;
  private final Handlers handlers;

  /** {@code handlers} are used on the member's thread only. */
  PdInbox(Inbox<PdCall> calls, Handlers handlers) {
    this.calls = calls;
    this.handlers = handlers;
  }

  private void ask(long clusterId, PdReply<?> reply, Work work) {
    post(new PdCall.Ask(clusterId, false, reply, work));
  }

  private void askAny(PdReply<?> reply, Work work) {
    post(new PdCall.Ask(PdCall.ANY_CLUSTER, true, reply, work));
  }

  private void post(PdCall.Ask ask) {
    if (!calls.offer(ask)) {
      ask.reply().refuse(new PdRefusal.Busy(calls.size()));
    }
  }

  /** Work that is always possible at once. */
  private static Work once(Runnable work) {
    return () -> {
      work.run();
      return true;
    };
  }

  @Override
  public void raft(PdRaftBatch batch) {
    calls.offer(new PdCall.Raft(batch)); // Raft asks again for what is dropped
  }

  @Override
  public HeartbeatStream openHeartbeats(InstructionSink sink) {
    return new HeartbeatStream() {
      @Override
      public void heartbeat(RegionHeartbeatRequest report) {
        calls.offer(new PdCall.Heartbeat(sink, report)); // the store reports again
      }

      @Override
      public void closed() {
        calls.offer(new PdCall.StreamClosed(sink)); // else unbound by the store's next stream
      }
    };
  }

  @Override
  public void getMembers(GetMembersRequest request, PdReply<GetMembersResponse> reply) {
    askAny(reply, once(() -> handlers.members().getMembers(request, reply)));
  }

  @Override
  public void getClusterInfo(GetClusterInfoRequest request, PdReply<GetClusterInfoResponse> reply) {
    askAny(reply, once(() -> handlers.members().getClusterInfo(request, reply)));
  }

  @Override
  public void memberList(MemberListRequest request, PdReply<MemberListResponse> reply) {
    askAny(reply, once(() -> handlers.members().memberList(request, reply)));
  }

  @Override
  public void listMembers(ListMembersRequest request, PdReply<ListMembersResponse> reply) {
    askAny(reply, once(() -> handlers.members().listMembers(request, reply)));
  }

  @Override
  public void addMember(AddMemberRequest request, PdReply<AddMemberResponse> reply) {
    ask(PdCall.ANY_CLUSTER, reply, () -> handlers.members().addMember(request, reply));
  }

  @Override
  public void removeMember(RemoveMemberRequest request, PdReply<RemoveMemberResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        () -> handlers.members().removeMember(request, reply));
  }

  @Override
  public void tso(TsoRequest request, PdReply<TsoResponse> reply) {
    ask(request.getHeader().getClusterId(), reply, () -> handlers.timestamps().tso(request, reply));
  }

  @Override
  public void allocId(AllocIDRequest request, PdReply<AllocIDResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        () -> handlers.timestamps().allocId(request, reply));
  }

  @Override
  public void bootstrap(BootstrapRequest request, PdReply<BootstrapResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().bootstrap(request, reply)));
  }

  @Override
  public void isBootstrapped(IsBootstrappedRequest request, PdReply<IsBootstrappedResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().isBootstrapped(request, reply)));
  }

  @Override
  public void putStore(PutStoreRequest request, PdReply<PutStoreResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().putStore(request, reply)));
  }

  @Override
  public void getStore(GetStoreRequest request, PdReply<GetStoreResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().getStore(request, reply)));
  }

  @Override
  public void getAllStores(GetAllStoresRequest request, PdReply<GetAllStoresResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().getAllStores(request, reply)));
  }

  @Override
  public void storeHeartbeat(StoreHeartbeatRequest request, PdReply<StoreHeartbeatResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().storeHeartbeat(request, reply)));
  }

  @Override
  public void removeStore(RemoveStoreRequest request, PdReply<RemoveStoreResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().removeStore(request, reply)));
  }

  @Override
  public void listStores(ListStoresRequest request, PdReply<ListStoresResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.stores().listStores(request, reply)));
  }

  @Override
  public void getClusterConfig(
      GetClusterConfigRequest request, PdReply<GetClusterConfigResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.settings().getClusterConfig(request, reply)));
  }

  @Override
  public void getExternalTimestamp(
      GetExternalTimestampRequest request, PdReply<GetExternalTimestampResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.settings().getExternalTimestamp(request, reply)));
  }

  @Override
  public void getRules(GetRulesRequest request, PdReply<GetRulesResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.settings().getRules(request, reply)));
  }

  @Override
  public void setRules(SetRulesRequest request, PdReply<SetRulesResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.settings().setRules(request, reply)));
  }

  @Override
  public void decideKeyMode(DecideKeyModeRequest request, PdReply<DecideKeyModeResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.settings().decideKeyMode(request, reply)));
  }

  @Override
  public void getRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().getRegion(request, reply)));
  }

  @Override
  public void getPrevRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().getPrevRegion(request, reply)));
  }

  @Override
  public void getRegionById(GetRegionByIDRequest request, PdReply<GetRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().getRegionById(request, reply)));
  }

  @Override
  public void queryRegion(QueryRegionRequest request, PdReply<QueryRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().queryRegion(request, reply)));
  }

  @Override
  public void scanRegions(ScanRegionsRequest request, PdReply<ScanRegionsResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().scanRegions(request, reply)));
  }

  @Override
  public void batchScanRegions(
      BatchScanRegionsRequest request, PdReply<BatchScanRegionsResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.queries().batchScanRegions(request, reply)));
  }

  @Override
  public void askSplit(AskSplitRequest request, PdReply<AskSplitResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        () -> handlers.splits().askSplit(request, reply));
  }

  @Override
  public void askBatchSplit(AskBatchSplitRequest request, PdReply<AskBatchSplitResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        () -> handlers.splits().askBatchSplit(request, reply));
  }

  @Override
  public void reportSplit(ReportSplitRequest request, PdReply<ReportSplitResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.splits().reportSplit(request, reply)));
  }

  @Override
  public void reportBatchSplit(
      ReportBatchSplitRequest request, PdReply<ReportBatchSplitResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.splits().reportBatchSplit(request, reply)));
  }

  @Override
  public void scatterRegion(ScatterRegionRequest request, PdReply<ScatterRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.scheduling().scatterRegion(request, reply)));
  }

  @Override
  public void splitRegions(SplitRegionsRequest request, PdReply<SplitRegionsResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.scheduling().splitRegions(request, reply)));
  }

  @Override
  public void getOperator(GetOperatorRequest request, PdReply<GetOperatorResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.scheduling().getOperator(request, reply)));
  }

  @Override
  public void listOperators(ListOperatorsRequest request, PdReply<ListOperatorsResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.scheduling().listOperators(request, reply)));
  }

  @Override
  public void explainRegion(ExplainRegionRequest request, PdReply<ExplainRegionResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.scheduling().explainRegion(request, reply)));
  }

  @Override
  public void getGcSafePoint(GetGCSafePointRequest request, PdReply<GetGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().getGcSafePoint(request, reply)));
  }

  @Override
  public void updateGcSafePoint(
      UpdateGCSafePointRequest request, PdReply<UpdateGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().updateGcSafePoint(request, reply)));
  }

  @Override
  public void updateServiceGcSafePoint(
      UpdateServiceGCSafePointRequest request, PdReply<UpdateServiceGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().updateServiceGcSafePoint(request, reply)));
  }

  @Override
  public void getGcState(GetGCStateRequest request, PdReply<GetGCStateResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().getGcState(request, reply)));
  }

  @Override
  public void advanceTxnSafePoint(
      AdvanceTxnSafePointRequest request, PdReply<AdvanceTxnSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().advanceTxnSafePoint(request, reply)));
  }

  @Override
  public void advanceGcSafePoint(
      AdvanceGCSafePointRequest request, PdReply<AdvanceGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().advanceGcSafePoint(request, reply)));
  }

  @Override
  public void setGcBarrier(SetGCBarrierRequest request, PdReply<SetGCBarrierResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().setGcBarrier(request, reply)));
  }

  @Override
  public void deleteGcBarrier(
      DeleteGCBarrierRequest request, PdReply<DeleteGCBarrierResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.safePoints().deleteGcBarrier(request, reply)));
  }

  @Override
  public void loadKeyspace(LoadKeyspaceRequest request, PdReply<LoadKeyspaceResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.keyspaces().loadKeyspace(request, reply)));
  }

  @Override
  public void loadKeyspaceById(
      LoadKeyspaceByIDRequest request, PdReply<LoadKeyspaceResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.keyspaces().loadKeyspaceById(request, reply)));
  }

  @Override
  public void getAllKeyspaces(
      GetAllKeyspacesRequest request, PdReply<GetAllKeyspacesResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        reply,
        once(() -> handlers.keyspaces().getAllKeyspaces(request, reply)));
  }

  @Override
  public void etcdRange(RangeRequest request, PdReply<RangeResponse> reply) {
    ask(PdCall.ANY_CLUSTER, reply, once(() -> handlers.etcd().etcdRange(request, reply)));
  }

  @Override
  public void etcdPut(PutRequest request, PdReply<PutResponse> reply) {
    ask(PdCall.ANY_CLUSTER, reply, once(() -> handlers.etcd().etcdPut(request, reply)));
  }
}
