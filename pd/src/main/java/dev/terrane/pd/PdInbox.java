package dev.terrane.pd;

import com.google.protobuf.Message;
import dev.terrane.common.agent.Inbox;
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
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way into a member's inbox. Thread-safe. Calls that wait, or are being answered, hold so many
 * bytes at the most; one that comes on top is refused.
 */
final class PdInbox implements Pd {
  private static final long HELD_BYTES_MAX = 64L << 20;

  private final AtomicLong heldBytes = new AtomicLong();
  private final Inbox<PdCall> calls;
  private final Handlers handlers;

  /** {@code handlers} are used on the member's thread only. */
  PdInbox(Inbox<PdCall> calls, Handlers handlers) {
    this.calls = calls;
    this.handlers = handlers;
  }

  /** What a handler does that can answer at once, or make sure of an answer later. */
  @FunctionalInterface
  private interface Handler<Q, R> {
    void handle(Q request, PdReply<R> reply);
  }

  /** As {@link PdCall.Work}. */
  @FunctionalInterface
  private interface SettlingHandler<Q, R> {
    boolean settle(Q request, PdReply<R> reply);
  }

  private <Q extends Message, R> void ask(
      long clusterId, Q request, PdReply<R> reply, Handler<Q, R> handler) {
    post(clusterId, false, request, reply, once(handler));
  }

  private <Q extends Message, R> void askAny(Q request, PdReply<R> reply, Handler<Q, R> handler) {
    post(PdCall.ANY_CLUSTER, true, request, reply, once(handler));
  }

  private <Q extends Message, R> void askUntil(
      long clusterId, Q request, PdReply<R> reply, SettlingHandler<Q, R> handler) {
    post(clusterId, false, request, reply, handler);
  }

  private static <Q, R> SettlingHandler<Q, R> once(Handler<Q, R> handler) {
    return (request, reply) -> {
      handler.handle(request, reply);
      return true;
    };
  }

  private <Q extends Message, R> void post(
      long clusterId,
      boolean byAnyMember,
      Q request,
      PdReply<R> reply,
      SettlingHandler<Q, R> handler) {
    int bytes = request.getSerializedSize();
    if (heldBytes.addAndGet(bytes) > HELD_BYTES_MAX) {
      heldBytes.addAndGet(-bytes);
      reply.refuse(new PdRefusal.Busy(calls.size()));
      return;
    }
    PdReply<R> held = new Held<>(reply, bytes);
    PdCall.Ask ask =
        new PdCall.Ask(clusterId, byAnyMember, held, () -> handler.settle(request, held));
    if (!calls.offer(ask)) {
      held.refuse(new PdRefusal.Busy(calls.size()));
    }
  }

  /** Gives back what its request holds when the call ends. */
  private final class Held<R> implements PdReply<R> {
    private final PdReply<R> reply;
    private final int bytes;

    Held(PdReply<R> reply, int bytes) {
      this.reply = reply;
      this.bytes = bytes;
    }

    @Override
    public void answer(R response) {
      heldBytes.addAndGet(-bytes);
      reply.answer(response);
    }

    @Override
    public void refuse(PdRefusal refusal) {
      heldBytes.addAndGet(-bytes);
      reply.refuse(refusal);
    }
  }

  @Override
  public void raft(PdRaftBatch batch, Runnable taken) {
    if (!calls.offer(new PdCall.Raft(batch, taken))) {
      taken.run(); // Raft asks again for what is dropped
    }
  }

  @Override
  public HeartbeatStream openHeartbeats(InstructionSink sink) {
    return new HeartbeatStream() {
      @Override
      public void heartbeat(RegionHeartbeatRequest report, Runnable taken) {
        if (!calls.offer(new PdCall.Heartbeat(sink, report, taken))) {
          taken.run(); // the store reports again
        }
      }

      @Override
      public void closed() {
        calls.offer(new PdCall.StreamClosed(sink)); // else unbound by the store's next stream
      }
    };
  }

  @Override
  public void getMembers(GetMembersRequest request, PdReply<GetMembersResponse> reply) {
    askAny(request, reply, handlers.members()::getMembers);
  }

  @Override
  public void getClusterInfo(GetClusterInfoRequest request, PdReply<GetClusterInfoResponse> reply) {
    askAny(request, reply, handlers.members()::getClusterInfo);
  }

  @Override
  public void memberList(MemberListRequest request, PdReply<MemberListResponse> reply) {
    askAny(request, reply, handlers.members()::memberList);
  }

  @Override
  public void listMembers(ListMembersRequest request, PdReply<ListMembersResponse> reply) {
    askAny(request, reply, handlers.members()::listMembers);
  }

  @Override
  public void addMember(AddMemberRequest request, PdReply<AddMemberResponse> reply) {
    askUntil(PdCall.ANY_CLUSTER, request, reply, handlers.members()::addMember);
  }

  @Override
  public void removeMember(RemoveMemberRequest request, PdReply<RemoveMemberResponse> reply) {
    askUntil(request.getHeader().getClusterId(), request, reply, handlers.members()::removeMember);
  }

  @Override
  public void tso(TsoRequest request, PdReply<TsoResponse> reply) {
    if (!calls.offer(new PdCall.Timestamps(request, reply))) {
      reply.refuse(new PdRefusal.Busy(calls.size()));
    }
  }

  @Override
  public void allocId(AllocIDRequest request, PdReply<AllocIDResponse> reply) {
    askUntil(request.getHeader().getClusterId(), request, reply, handlers.timestamps()::allocId);
  }

  @Override
  public void bootstrap(BootstrapRequest request, PdReply<BootstrapResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::bootstrap);
  }

  @Override
  public void isBootstrapped(IsBootstrappedRequest request, PdReply<IsBootstrappedResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::isBootstrapped);
  }

  @Override
  public void putStore(PutStoreRequest request, PdReply<PutStoreResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::putStore);
  }

  @Override
  public void getStore(GetStoreRequest request, PdReply<GetStoreResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::getStore);
  }

  @Override
  public void getAllStores(GetAllStoresRequest request, PdReply<GetAllStoresResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::getAllStores);
  }

  @Override
  public void storeHeartbeat(StoreHeartbeatRequest request, PdReply<StoreHeartbeatResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::storeHeartbeat);
  }

  @Override
  public void removeStore(RemoveStoreRequest request, PdReply<RemoveStoreResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.removals()::removeStore);
  }

  @Override
  public void keepStore(KeepStoreRequest request, PdReply<KeepStoreResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.removals()::keepStore);
  }

  @Override
  public void listStores(ListStoresRequest request, PdReply<ListStoresResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.stores()::listStores);
  }

  @Override
  public void getClusterConfig(
      GetClusterConfigRequest request, PdReply<GetClusterConfigResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.settings()::getClusterConfig);
  }

  @Override
  public void getExternalTimestamp(
      GetExternalTimestampRequest request, PdReply<GetExternalTimestampResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        request,
        reply,
        handlers.settings()::getExternalTimestamp);
  }

  @Override
  public void getRules(GetRulesRequest request, PdReply<GetRulesResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.settings()::getRules);
  }

  @Override
  public void setRules(SetRulesRequest request, PdReply<SetRulesResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.settings()::setRules);
  }

  @Override
  public void changeRules(ChangeRulesRequest request, PdReply<ChangeRulesResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.settings()::changeRules);
  }

  @Override
  public void decideKeyMode(DecideKeyModeRequest request, PdReply<DecideKeyModeResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.settings()::decideKeyMode);
  }

  @Override
  public void getRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::getRegion);
  }

  @Override
  public void getPrevRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::getPrevRegion);
  }

  @Override
  public void getRegionById(GetRegionByIDRequest request, PdReply<GetRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::getRegionById);
  }

  @Override
  public void queryRegion(QueryRegionRequest request, PdReply<QueryRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::queryRegion);
  }

  @Override
  public void scanRegions(ScanRegionsRequest request, PdReply<ScanRegionsResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::scanRegions);
  }

  @Override
  public void batchScanRegions(
      BatchScanRegionsRequest request, PdReply<BatchScanRegionsResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.queries()::batchScanRegions);
  }

  @Override
  public void askSplit(AskSplitRequest request, PdReply<AskSplitResponse> reply) {
    askUntil(request.getHeader().getClusterId(), request, reply, handlers.splits()::askSplit);
  }

  @Override
  public void askBatchSplit(AskBatchSplitRequest request, PdReply<AskBatchSplitResponse> reply) {
    askUntil(request.getHeader().getClusterId(), request, reply, handlers.splits()::askBatchSplit);
  }

  @Override
  public void reportSplit(ReportSplitRequest request, PdReply<ReportSplitResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.splits()::reportSplit);
  }

  @Override
  public void reportBatchSplit(
      ReportBatchSplitRequest request, PdReply<ReportBatchSplitResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.splits()::reportBatchSplit);
  }

  @Override
  public void scatterRegion(ScatterRegionRequest request, PdReply<ScatterRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.scheduling()::scatterRegion);
  }

  @Override
  public void splitRegions(SplitRegionsRequest request, PdReply<SplitRegionsResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.scheduling()::splitRegions);
  }

  @Override
  public void getOperator(GetOperatorRequest request, PdReply<GetOperatorResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.scheduling()::getOperator);
  }

  @Override
  public void listOperators(ListOperatorsRequest request, PdReply<ListOperatorsResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.scheduling()::listOperators);
  }

  @Override
  public void explainRegion(ExplainRegionRequest request, PdReply<ExplainRegionResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.scheduling()::explainRegion);
  }

  @Override
  public void getGcSafePoint(GetGCSafePointRequest request, PdReply<GetGCSafePointResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.safePoints()::getGcSafePoint);
  }

  @Override
  public void updateGcSafePoint(
      UpdateGCSafePointRequest request, PdReply<UpdateGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        request,
        reply,
        handlers.safePoints()::updateGcSafePoint);
  }

  @Override
  public void updateServiceGcSafePoint(
      UpdateServiceGCSafePointRequest request, PdReply<UpdateServiceGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        request,
        reply,
        handlers.safePoints()::updateServiceGcSafePoint);
  }

  @Override
  public void getGcState(GetGCStateRequest request, PdReply<GetGCStateResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.safePoints()::getGcState);
  }

  @Override
  public void advanceTxnSafePoint(
      AdvanceTxnSafePointRequest request, PdReply<AdvanceTxnSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        request,
        reply,
        handlers.safePoints()::advanceTxnSafePoint);
  }

  @Override
  public void advanceGcSafePoint(
      AdvanceGCSafePointRequest request, PdReply<AdvanceGCSafePointResponse> reply) {
    ask(
        request.getHeader().getClusterId(),
        request,
        reply,
        handlers.safePoints()::advanceGcSafePoint);
  }

  @Override
  public void setGcBarrier(SetGCBarrierRequest request, PdReply<SetGCBarrierResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.safePoints()::setGcBarrier);
  }

  @Override
  public void deleteGcBarrier(
      DeleteGCBarrierRequest request, PdReply<DeleteGCBarrierResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.safePoints()::deleteGcBarrier);
  }

  @Override
  public void loadKeyspace(LoadKeyspaceRequest request, PdReply<LoadKeyspaceResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.keyspaces()::loadKeyspace);
  }

  @Override
  public void loadKeyspaceById(
      LoadKeyspaceByIDRequest request, PdReply<LoadKeyspaceResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.keyspaces()::loadKeyspaceById);
  }

  @Override
  public void getAllKeyspaces(
      GetAllKeyspacesRequest request, PdReply<GetAllKeyspacesResponse> reply) {
    ask(request.getHeader().getClusterId(), request, reply, handlers.keyspaces()::getAllKeyspaces);
  }

  @Override
  public void etcdRange(RangeRequest request, PdReply<RangeResponse> reply) {
    ask(PdCall.ANY_CLUSTER, request, reply, handlers.etcd()::etcdRange);
  }

  @Override
  public void etcdPut(PutRequest request, PdReply<PutResponse> reply) {
    ask(PdCall.ANY_CLUSTER, request, reply, handlers.etcd()::etcdPut);
  }
}
