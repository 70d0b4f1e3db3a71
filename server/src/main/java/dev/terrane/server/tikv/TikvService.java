package dev.terrane.server.tikv;

import com.google.protobuf.MessageLite;
import dev.terrane.proto.coprocessor.Request;
import dev.terrane.proto.coprocessor.Response;
import dev.terrane.proto.kvrpcpb.GetHealthFeedbackRequest;
import dev.terrane.proto.kvrpcpb.GetHealthFeedbackResponse;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchGetResponse;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.RawBatchScanRequest;
import dev.terrane.proto.kvrpcpb.RawBatchScanResponse;
import dev.terrane.proto.kvrpcpb.RawCASRequest;
import dev.terrane.proto.kvrpcpb.RawCASResponse;
import dev.terrane.proto.kvrpcpb.RawChecksumRequest;
import dev.terrane.proto.kvrpcpb.RawChecksumResponse;
import dev.terrane.proto.kvrpcpb.RawCoprocessorRequest;
import dev.terrane.proto.kvrpcpb.RawCoprocessorResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.kvrpcpb.SplitRegionRequest;
import dev.terrane.proto.kvrpcpb.SplitRegionResponse;
import dev.terrane.proto.kvrpcpb.StoreSafeTSRequest;
import dev.terrane.proto.kvrpcpb.StoreSafeTSResponse;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.txn.raw.RawCommands;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The service that TiKV's clients call on a store. Calls of SQL layers answer UNIMPLEMENTED by
 * themselves; transactional ones are answered by {@link TransactionalCalls}.
 */
public final class TikvService extends TransactionalCalls {
  /** Full names of the methods whose streams {@link #drain} ends, each when it is answered. */
  public static final Set<String> STREAMS_THAT_DRAIN =
      Set.of(TikvGrpc.getBatchCommandsMethod().getFullMethodName());

  private final RawReads reads;
  private final RawWrites writes;
  private final StoreRequests store;
  private final BatchedRequests batched;
  private final LoopExecutor loop;

  private final Set<BatchStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  public TikvService(long clusterId, long storeId, RawCommands commands, LoopExecutor loop) {
    super(loop);
    RequestContexts contexts = new RequestContexts(clusterId);
    this.reads = new RawReads(contexts, commands);
    this.writes = new RawWrites(contexts, commands);
    this.store = new StoreRequests(storeId);
    this.batched = new BatchedRequests(reads, writes, store, this::delay);
    this.loop = loop;
  }

  /**
   * Longer delays than any client asks for are a mistake, and would keep the stream from ending.
   */
  private static final long DELAY_MILLIS_MAX = 10_000;

  private void delay(long millis, Runnable action) {
    if (millis == 0) {
      action.run();
    } else {
      loop.after(millis < 0 ? DELAY_MILLIS_MAX : Math.min(millis, DELAY_MILLIS_MAX), action);
    }
  }

  /** Ends the batch streams once they are answered; clients go on at another store. */
  public void drain() {
    draining = true;
    streams.forEach(BatchStream::drain);
  }

  /** Bytes of answers that wait for the clients of all batch streams to read them. */
  public long batchAnswerBytes() {
    return streams.stream().mapToLong(BatchStream::answerBytes).sum();
  }

  /** How many batch streams are open. */
  public int batchStreams() {
    return streams.size();
  }

  @Override
  public StreamObserver<BatchCommandsRequest> batchCommands(
      StreamObserver<BatchCommandsResponse> client) {
    BatchStream stream =
        new BatchStream(
            (ServerCallStreamObserver<BatchCommandsResponse>) client,
            batched,
            loop,
            streams::remove,
            CallTraffic.current());
    streams.add(stream);
    stream.start();
    if (draining) {
      stream.drain();
    }
    return stream;
  }

  @Override
  public void rawGet(RawGetRequest request, StreamObserver<RawGetResponse> client) {
    reads.get(request, unary(client));
  }

  @Override
  public void rawBatchGet(RawBatchGetRequest request, StreamObserver<RawBatchGetResponse> client) {
    reads.batchGet(request, unary(client));
  }

  @Override
  public void rawScan(RawScanRequest request, StreamObserver<RawScanResponse> client) {
    reads.scan(request, unary(client));
  }

  @Override
  public void rawBatchScan(
      RawBatchScanRequest request, StreamObserver<RawBatchScanResponse> client) {
    reads.batchScan(request, unary(client));
  }

  @Override
  public void rawGetKeyTTL(
      RawGetKeyTTLRequest request, StreamObserver<RawGetKeyTTLResponse> client) {
    reads.timeToLive(request, unary(client));
  }

  @Override
  public void rawChecksum(RawChecksumRequest request, StreamObserver<RawChecksumResponse> client) {
    reads.checksum(request, unary(client));
  }

  @Override
  public void rawPut(RawPutRequest request, StreamObserver<RawPutResponse> client) {
    writes.put(request, unary(client));
  }

  @Override
  public void rawBatchPut(RawBatchPutRequest request, StreamObserver<RawBatchPutResponse> client) {
    writes.batchPut(request, unary(client));
  }

  @Override
  public void rawDelete(RawDeleteRequest request, StreamObserver<RawDeleteResponse> client) {
    writes.delete(request, unary(client));
  }

  @Override
  public void rawBatchDelete(
      RawBatchDeleteRequest request, StreamObserver<RawBatchDeleteResponse> client) {
    writes.batchDelete(request, unary(client));
  }

  @Override
  public void rawDeleteRange(
      RawDeleteRangeRequest request, StreamObserver<RawDeleteRangeResponse> client) {
    writes.deleteRange(request, unary(client));
  }

  @Override
  public void rawCompareAndSwap(RawCASRequest request, StreamObserver<RawCASResponse> client) {
    writes.compareAndSwap(request, unary(client));
  }

  @Override
  public void rawCoprocessor(
      RawCoprocessorRequest request, StreamObserver<RawCoprocessorResponse> client) {
    unary(client).send(store.rawCoprocessor());
  }

  @Override
  public void coprocessor(Request request, StreamObserver<Response> client) {
    unary(client).send(store.coprocessor());
  }

  @Override
  public void splitRegion(SplitRegionRequest request, StreamObserver<SplitRegionResponse> client) {
    unary(client).send(store.split());
  }

  @Override
  public void unsafeDestroyRange(
      UnsafeDestroyRangeRequest request, StreamObserver<UnsafeDestroyRangeResponse> client) {
    writes.destroyRange(request, loop::after, unary(client));
  }

  @Override
  public void getStoreSafeTS(
      StoreSafeTSRequest request, StreamObserver<StoreSafeTSResponse> client) {
    unary(client).send(store.safeTs());
  }

  @Override
  public void getHealthFeedback(
      GetHealthFeedbackRequest request, StreamObserver<GetHealthFeedbackResponse> client) {
    unary(client).send(store.healthFeedback());
  }

  private <R extends MessageLite> Reply<R> unary(StreamObserver<R> client) {
    return new UnaryReply<>(new Unary<>(client, loop), CallTraffic.current());
  }
}
