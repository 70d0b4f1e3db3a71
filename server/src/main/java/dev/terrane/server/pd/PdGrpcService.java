package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
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
import dev.terrane.proto.pdpb.ErrorType;
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
import dev.terrane.proto.pdpb.GetMinTSRequest;
import dev.terrane.proto.pdpb.GetMinTSResponse;
import dev.terrane.proto.pdpb.GetOperatorRequest;
import dev.terrane.proto.pdpb.GetOperatorResponse;
import dev.terrane.proto.pdpb.GetRegionByIDRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.IsBootstrappedRequest;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.LoadGlobalConfigRequest;
import dev.terrane.proto.pdpb.LoadGlobalConfigResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
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
import dev.terrane.proto.pdpb.StoreGlobalConfigRequest;
import dev.terrane.proto.pdpb.StoreGlobalConfigResponse;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.proto.pdpb.UpdateGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateGCSafePointResponse;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointRequest;
import dev.terrane.proto.pdpb.UpdateServiceGCSafePointResponse;
import dev.terrane.proto.pdpb.WatchGlobalConfigRequest;
import dev.terrane.proto.pdpb.WatchGlobalConfigResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** PD as TiKV's clients and stores call it. What it does not override answers UNIMPLEMENTED. */
final class PdGrpcService extends PDGrpc.PDImplBase {
  /** Timestamps are small: so many fill a few MiB. */
  private static final int STREAM_REQUESTS_MAX = 4096;

  private static final long STREAM_BYTES_MAX = 32 << 20;

  /** Clients ask for a few settings; each name is answered by an error of some hundred bytes. */
  private static final int CONFIG_NAMES_MAX = 1024;

  private final Pd pd;
  private final LoopExecutor loop;
  private final StreamTurns turns = new StreamTurns(STREAM_REQUESTS_MAX, STREAM_BYTES_MAX);

  PdGrpcService(Pd pd, LoopExecutor loop) {
    this.pd = pd;
    this.loop = loop;
  }

  @Override
  public StreamObserver<TsoRequest> tso(StreamObserver<TsoResponse> client) {
    return OrderedStream.open(client, loop, turns, pd::tso);
  }

  /** The least timestamp that any allocator may still hand out: there is one allocator. */
  @Override
  public void getMinTS(GetMinTSRequest request, StreamObserver<GetMinTSResponse> client) {
    PdReply<GetMinTSResponse> reply = new UnaryPdReply<>(client, loop);
    pd.tso(
        TsoRequest.newBuilder().setHeader(request.getHeader()).setCount(1).build(),
        new PdReply<>() {
          @Override
          public void answer(TsoResponse allocated) {
            reply.answer(
                GetMinTSResponse.newBuilder()
                    .setHeader(allocated.getHeader())
                    .setTimestamp(allocated.getTimestamp())
                    .build());
          }

          @Override
          public void refuse(PdRefusal why) {
            reply.refuse(why);
          }
        });
  }

  @Override
  public StreamObserver<QueryRegionRequest> queryRegion(
      StreamObserver<QueryRegionResponse> client) {
    return OrderedStream.open(client, loop, turns, pd::queryRegion);
  }

  @Override
  public StreamObserver<RegionHeartbeatRequest> regionHeartbeat(
      StreamObserver<RegionHeartbeatResponse> store) {
    return HeartbeatCall.open(pd, store, loop);
  }

  @Override
  public void getMembers(GetMembersRequest request, StreamObserver<GetMembersResponse> client) {
    pd.getMembers(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getClusterInfo(
      GetClusterInfoRequest request, StreamObserver<GetClusterInfoResponse> client) {
    pd.getClusterInfo(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void bootstrap(BootstrapRequest request, StreamObserver<BootstrapResponse> client) {
    pd.bootstrap(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void isBootstrapped(
      IsBootstrappedRequest request, StreamObserver<IsBootstrappedResponse> client) {
    pd.isBootstrapped(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void allocID(AllocIDRequest request, StreamObserver<AllocIDResponse> client) {
    pd.allocId(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getStore(GetStoreRequest request, StreamObserver<GetStoreResponse> client) {
    pd.getStore(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void putStore(PutStoreRequest request, StreamObserver<PutStoreResponse> client) {
    pd.putStore(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getAllStores(
      GetAllStoresRequest request, StreamObserver<GetAllStoresResponse> client) {
    pd.getAllStores(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getClusterConfig(
      GetClusterConfigRequest request, StreamObserver<GetClusterConfigResponse> client) {
    pd.getClusterConfig(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void storeHeartbeat(
      StoreHeartbeatRequest request, StreamObserver<StoreHeartbeatResponse> client) {
    pd.storeHeartbeat(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void askSplit(AskSplitRequest request, StreamObserver<AskSplitResponse> client) {
    pd.askSplit(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void reportSplit(ReportSplitRequest request, StreamObserver<ReportSplitResponse> client) {
    pd.reportSplit(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void askBatchSplit(
      AskBatchSplitRequest request, StreamObserver<AskBatchSplitResponse> client) {
    pd.askBatchSplit(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void reportBatchSplit(
      ReportBatchSplitRequest request, StreamObserver<ReportBatchSplitResponse> client) {
    pd.reportBatchSplit(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getRegion(GetRegionRequest request, StreamObserver<GetRegionResponse> client) {
    pd.getRegion(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getPrevRegion(GetRegionRequest request, StreamObserver<GetRegionResponse> client) {
    pd.getPrevRegion(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getRegionByID(
      GetRegionByIDRequest request, StreamObserver<GetRegionResponse> client) {
    pd.getRegionById(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void scanRegions(ScanRegionsRequest request, StreamObserver<ScanRegionsResponse> client) {
    pd.scanRegions(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void batchScanRegions(
      BatchScanRegionsRequest request, StreamObserver<BatchScanRegionsResponse> client) {
    pd.batchScanRegions(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void scatterRegion(
      ScatterRegionRequest request, StreamObserver<ScatterRegionResponse> client) {
    pd.scatterRegion(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void splitRegions(
      SplitRegionsRequest request, StreamObserver<SplitRegionsResponse> client) {
    pd.splitRegions(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getOperator(GetOperatorRequest request, StreamObserver<GetOperatorResponse> client) {
    pd.getOperator(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getGCSafePoint(
      GetGCSafePointRequest request, StreamObserver<GetGCSafePointResponse> client) {
    pd.getGcSafePoint(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void updateGCSafePoint(
      UpdateGCSafePointRequest request, StreamObserver<UpdateGCSafePointResponse> client) {
    pd.updateGcSafePoint(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void updateServiceGCSafePoint(
      UpdateServiceGCSafePointRequest request,
      StreamObserver<UpdateServiceGCSafePointResponse> client) {
    pd.updateServiceGcSafePoint(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getGCState(GetGCStateRequest request, StreamObserver<GetGCStateResponse> client) {
    pd.getGcState(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void advanceGCSafePoint(
      AdvanceGCSafePointRequest request, StreamObserver<AdvanceGCSafePointResponse> client) {
    pd.advanceGcSafePoint(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void advanceTxnSafePoint(
      AdvanceTxnSafePointRequest request, StreamObserver<AdvanceTxnSafePointResponse> client) {
    pd.advanceTxnSafePoint(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void setGCBarrier(
      SetGCBarrierRequest request, StreamObserver<SetGCBarrierResponse> client) {
    pd.setGcBarrier(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void deleteGCBarrier(
      DeleteGCBarrierRequest request, StreamObserver<DeleteGCBarrierResponse> client) {
    pd.deleteGcBarrier(request, new UnaryPdReply<>(client, loop));
  }

  // ---- configuration of SQL layers, of which nothing is kept

  @Override
  public void getExternalTimestamp(
      GetExternalTimestampRequest request, StreamObserver<GetExternalTimestampResponse> client) {
    pd.getExternalTimestamp(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void loadGlobalConfig(
      LoadGlobalConfigRequest request, StreamObserver<LoadGlobalConfigResponse> client) {
    if (request.getNamesCount() > CONFIG_NAMES_MAX) {
      new Unary<>(client, loop)
          .fail(
              Status.INVALID_ARGUMENT.withDescription(
                  "%d names in one call, at most %d: ask in several"
                      .formatted(request.getNamesCount(), CONFIG_NAMES_MAX)));
      return;
    }
    LoadGlobalConfigResponse.Builder response = LoadGlobalConfigResponse.newBuilder();
    for (String name : request.getNamesList()) {
      response
          .addItemsBuilder()
          .setName(name)
          .getErrorBuilder()
          .setType(ErrorType.GLOBAL_CONFIG_NOT_FOUND)
          .setMessage("key " + name + " not found");
    }
    new Unary<>(client, loop).answer(response.build());
  }

  @Override
  public void storeGlobalConfig(
      StoreGlobalConfigRequest request, StreamObserver<StoreGlobalConfigResponse> client) {
    new Unary<>(client, loop)
        .fail(
            Status.UNIMPLEMENTED.withDescription(
                "no global configuration is kept here; there is none to load either"));
  }

  /** Stays open in silence until the client or this node goes: nothing can change. */
  @Override
  public void watchGlobalConfig(
      WatchGlobalConfigRequest request, StreamObserver<WatchGlobalConfigResponse> client) {
    ((ServerCallStreamObserver<WatchGlobalConfigResponse>) client).setOnCancelHandler(() -> {});
  }
}
