package dev.terrane.server.tikv;

import com.google.protobuf.Message;
import dev.terrane.proto.kvrpcpb.BatchGetRequest;
import dev.terrane.proto.kvrpcpb.BatchGetResponse;
import dev.terrane.proto.kvrpcpb.BatchRollbackRequest;
import dev.terrane.proto.kvrpcpb.BatchRollbackResponse;
import dev.terrane.proto.kvrpcpb.BufferBatchGetRequest;
import dev.terrane.proto.kvrpcpb.BufferBatchGetResponse;
import dev.terrane.proto.kvrpcpb.CheckSecondaryLocksRequest;
import dev.terrane.proto.kvrpcpb.CheckSecondaryLocksResponse;
import dev.terrane.proto.kvrpcpb.CheckTxnStatusRequest;
import dev.terrane.proto.kvrpcpb.CheckTxnStatusResponse;
import dev.terrane.proto.kvrpcpb.CleanupRequest;
import dev.terrane.proto.kvrpcpb.CleanupResponse;
import dev.terrane.proto.kvrpcpb.CommitRequest;
import dev.terrane.proto.kvrpcpb.CommitResponse;
import dev.terrane.proto.kvrpcpb.DeleteRangeRequest;
import dev.terrane.proto.kvrpcpb.DeleteRangeResponse;
import dev.terrane.proto.kvrpcpb.FlushRequest;
import dev.terrane.proto.kvrpcpb.FlushResponse;
import dev.terrane.proto.kvrpcpb.GetRequest;
import dev.terrane.proto.kvrpcpb.GetResponse;
import dev.terrane.proto.kvrpcpb.PessimisticLockRequest;
import dev.terrane.proto.kvrpcpb.PessimisticLockResponse;
import dev.terrane.proto.kvrpcpb.PessimisticRollbackRequest;
import dev.terrane.proto.kvrpcpb.PessimisticRollbackResponse;
import dev.terrane.proto.kvrpcpb.PrewriteRequest;
import dev.terrane.proto.kvrpcpb.PrewriteResponse;
import dev.terrane.proto.kvrpcpb.ResolveLockRequest;
import dev.terrane.proto.kvrpcpb.ResolveLockResponse;
import dev.terrane.proto.kvrpcpb.ScanLockRequest;
import dev.terrane.proto.kvrpcpb.ScanLockResponse;
import dev.terrane.proto.kvrpcpb.ScanRequest;
import dev.terrane.proto.kvrpcpb.ScanResponse;
import dev.terrane.proto.kvrpcpb.TxnHeartBeatRequest;
import dev.terrane.proto.kvrpcpb.TxnHeartBeatResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import io.grpc.stub.StreamObserver;

/**
 * The transactional calls, which are refused in words: a client that tries hears why, and nothing
 * of the raw data is touched.
 */
abstract class TransactionalCalls extends TikvGrpc.TikvImplBase {
  private final LoopExecutor loop;

  TransactionalCalls(LoopExecutor loop) {
    this.loop = loop;
  }

  private <R extends Message> void refuse(StreamObserver<R> client, R empty) {
    new Unary<>(client, loop).answer(NotOffered.transactional(empty));
  }

  @Override
  public final void kvGet(GetRequest request, StreamObserver<GetResponse> client) {
    refuse(client, GetResponse.getDefaultInstance());
  }

  @Override
  public final void kvScan(ScanRequest request, StreamObserver<ScanResponse> client) {
    refuse(client, ScanResponse.getDefaultInstance());
  }

  @Override
  public final void kvBatchGet(BatchGetRequest request, StreamObserver<BatchGetResponse> client) {
    refuse(client, BatchGetResponse.getDefaultInstance());
  }

  @Override
  public final void kvPrewrite(PrewriteRequest request, StreamObserver<PrewriteResponse> client) {
    refuse(client, PrewriteResponse.getDefaultInstance());
  }

  @Override
  public final void kvCommit(CommitRequest request, StreamObserver<CommitResponse> client) {
    refuse(client, CommitResponse.getDefaultInstance());
  }

  @Override
  public final void kvBatchRollback(
      BatchRollbackRequest request, StreamObserver<BatchRollbackResponse> client) {
    refuse(client, BatchRollbackResponse.getDefaultInstance());
  }

  @Override
  public final void kvCleanup(CleanupRequest request, StreamObserver<CleanupResponse> client) {
    refuse(client, CleanupResponse.getDefaultInstance());
  }

  @Override
  public final void kvResolveLock(
      ResolveLockRequest request, StreamObserver<ResolveLockResponse> client) {
    refuse(client, ResolveLockResponse.getDefaultInstance());
  }

  @Override
  public final void kvCheckTxnStatus(
      CheckTxnStatusRequest request, StreamObserver<CheckTxnStatusResponse> client) {
    refuse(client, CheckTxnStatusResponse.getDefaultInstance());
  }

  @Override
  public final void kvCheckSecondaryLocks(
      CheckSecondaryLocksRequest request, StreamObserver<CheckSecondaryLocksResponse> client) {
    refuse(client, CheckSecondaryLocksResponse.getDefaultInstance());
  }

  @Override
  public final void kvTxnHeartBeat(
      TxnHeartBeatRequest request, StreamObserver<TxnHeartBeatResponse> client) {
    refuse(client, TxnHeartBeatResponse.getDefaultInstance());
  }

  @Override
  public final void kvPessimisticLock(
      PessimisticLockRequest request, StreamObserver<PessimisticLockResponse> client) {
    refuse(client, PessimisticLockResponse.getDefaultInstance());
  }

  @Override
  public final void kVPessimisticRollback(
      PessimisticRollbackRequest request, StreamObserver<PessimisticRollbackResponse> client) {
    refuse(client, PessimisticRollbackResponse.getDefaultInstance());
  }

  @Override
  public final void kvScanLock(ScanLockRequest request, StreamObserver<ScanLockResponse> client) {
    refuse(client, ScanLockResponse.getDefaultInstance());
  }

  @Override
  public final void kvDeleteRange(
      DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> client) {
    refuse(client, DeleteRangeResponse.getDefaultInstance());
  }

  @Override
  public final void kvFlush(FlushRequest request, StreamObserver<FlushResponse> client) {
    refuse(client, FlushResponse.getDefaultInstance());
  }

  @Override
  public final void kvBufferBatchGet(
      BufferBatchGetRequest request, StreamObserver<BufferBatchGetResponse> client) {
    refuse(client, BufferBatchGetResponse.getDefaultInstance());
  }
}
