package dev.terrane.server.tikv;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.kvrpcpb.HealthFeedback;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.tikvpb.BatchCommandsEmptyResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.server.traffic.NoRoom;
import dev.terrane.server.traffic.WireAnswer;
import dev.terrane.server.traffic.WirePairs;
import dev.terrane.txn.Delays;
import io.grpc.Status;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Runs one command of a batch stream. The response has the tag of the request. */
final class BatchedRequests {
  private static final int BYTES_PER_ITEM = 2 << 10;

  private final RawReads reads;
  private final RawWrites writes;
  private final StoreRequests store;
  private final Delays delays;

  BatchedRequests(RawReads reads, RawWrites writes, StoreRequests store, Delays delays) {
    this.reads = reads;
    this.writes = writes;
    this.store = store;
    this.delays = delays;
  }

  void handle(Request request, Reply<Response> reply) {
    switch (request.getCmdCase()) {
      case RAW_GET ->
          reads.get(request.getRawGet(), as(reply, request, Response.Builder::setRawGet));
      case RAW_PUT ->
          writes.put(request.getRawPut(), as(reply, request, Response.Builder::setRawPut));
      case RAW_DELETE ->
          writes.delete(request.getRawDelete(), as(reply, request, Response.Builder::setRawDelete));
      case RAW_BATCH_GET ->
          reads.batchGet(
              request.getRawBatchGet(), as(reply, request, Response.Builder::setRawBatchGet));
      case RAW_BATCH_PUT ->
          writes.batchPut(
              request.getRawBatchPut(), as(reply, request, Response.Builder::setRawBatchPut));
      case RAW_BATCH_DELETE ->
          writes.batchDelete(
              request.getRawBatchDelete(), as(reply, request, Response.Builder::setRawBatchDelete));
      case RAW_SCAN ->
          reads.scan(request.getRawScan(), as(reply, request, Response.Builder::setRawScan));
      case RAW_BATCH_SCAN ->
          reads.batchScan(
              request.getRawBatchScan(), as(reply, request, Response.Builder::setRawBatchScan));
      case RAW_DELETE_RANGE ->
          writes.deleteRange(
              request.getRawDeleteRange(), as(reply, request, Response.Builder::setRawDeleteRange));
      case RAW_COPROCESSOR -> reply.send(with().setRawCoprocessor(store.rawCoprocessor()).build());
      case COPROCESSOR -> reply.send(with().setCoprocessor(store.coprocessor()).build());
      case GET_HEALTH_FEEDBACK ->
          reply.send(with().setGetHealthFeedback(store.healthFeedback()).build());
      case EMPTY -> {
        Response empty =
            with()
                .setEmpty(
                    BatchCommandsEmptyResponse.newBuilder()
                        .setTestId(request.getEmpty().getTestId()))
                .build();
        delays.after(request.getEmpty().getDelayTime(), () -> reply.send(empty));
      }
      // A tag of a protocol newer than ours: without a command in it the response fails just the
      // one caller, and only that one, with a text that says so.
      case CMD_NOT_SET -> reply.send(Response.getDefaultInstance());
      default -> reply.send(transactional(request));
    }
  }

  /** Wraps each response as the field that {@code set} sets, which has the tag of the request. */
  private static <R> Reply<R> as(
      Reply<Response> reply,
      Request request,
      BiFunction<Response.Builder, R, Response.Builder> set) {
    int field = request.getCmdCase().getNumber();
    return new Reply<>() {
      @Override
      public void send(R response) {
        reply.send(set.apply(Response.newBuilder(), response).build());
      }

      @Override
      public void refuse(Status why) {
        reply.refuse(why);
      }

      @Override
      public Charge charge() {
        return reply.charge();
      }

      @Override
      public @Nullable WirePairs openPairs(int inField) {
        return reply.openPairs(inField);
      }

      @Override
      public void send(WireAnswer response) {
        reply.send(response.in(field));
      }
    };
  }

  /** How this store fares. */
  HealthFeedback healthFeedback() {
    return store.healthFeedback().getHealthFeedback();
  }

  /**
   * How much of a loop's time a command takes to be started, in keys and pairs, or the bytes that
   * are copied in the time of one; at least one.
   */
  static int items(Request request) {
    long items =
        switch (request.getCmdCase()) {
          case RAW_BATCH_GET -> request.getRawBatchGet().getKeysCount();
          case RAW_BATCH_PUT -> itemsOf(request.getRawBatchPut().getPairsList());
          case RAW_BATCH_DELETE -> request.getRawBatchDelete().getKeysCount();
          case RAW_BATCH_SCAN -> request.getRawBatchScan().getRangesCount();
          case RAW_PUT -> request.getRawPut().getValue().size() / BYTES_PER_ITEM;
          default -> 1;
        };
    return Math.clamp(items, 1, Integer.MAX_VALUE / 2);
  }

  private static long itemsOf(List<KvPair> pairs) {
    long bytes = 0;
    for (KvPair pair : pairs) {
      bytes += pair.getValue().size();
    }
    return Math.max(pairs.size(), bytes / BYTES_PER_ITEM);
  }

  /** The response to {@code request} where there is no room for it. */
  static Response noRoom(Request request) {
    @Nullable FieldDescriptor field =
        Response.getDescriptor().findFieldByNumber(request.getCmdCase().getNumber());
    if (field == null) {
      return Response.getDefaultInstance();
    }
    Response.Builder response = Response.newBuilder();
    Message busy = NoRoom.response(response.newBuilderForField(field).build());
    return busy == null ? Response.getDefaultInstance() : response.setField(field, busy).build();
  }

  private static Response.Builder with() {
    return Response.newBuilder();
  }

  /** The field of the response that has the request's tag, saying that it is not offered. */
  private static Response transactional(Request request) {
    @Nullable FieldDescriptor field =
        Response.getDescriptor().findFieldByNumber(request.getCmdCase().getNumber());
    if (field == null) {
      return Response.getDefaultInstance();
    }
    Response.Builder response = Response.newBuilder();
    Message empty = response.newBuilderForField(field).build();
    return response.setField(field, NotOffered.transactional(empty)).build();
  }
}
