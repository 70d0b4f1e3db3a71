package dev.terrane.server.tikv;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.proto.tikvpb.BatchCommandsEmptyResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import org.jspecify.annotations.Nullable;

/** Runs one command of a batch stream. The response has the tag of the request. */
final class BatchedRequests {
  private final RawReads reads;
  private final RawWrites writes;
  private final StoreRequests store;
  private final Delays delays;

  /** Runs something later, on any thread, without blocking it. */
  interface Delays {
    void after(long millis, Runnable action);
  }

  BatchedRequests(RawReads reads, RawWrites writes, StoreRequests store, Delays delays) {
    this.reads = reads;
    this.writes = writes;
    this.store = store;
    this.delays = delays;
  }

  void handle(Request request, Reply<Response> reply) {
    switch (request.getCmdCase()) {
      case RAW_GET -> reads.get(request.getRawGet(), r -> reply.send(with().setRawGet(r).build()));
      case RAW_PUT -> writes.put(request.getRawPut(), r -> reply.send(with().setRawPut(r).build()));
      case RAW_DELETE ->
          writes.delete(request.getRawDelete(), r -> reply.send(with().setRawDelete(r).build()));
      case RAW_BATCH_GET ->
          reads.batchGet(
              request.getRawBatchGet(), r -> reply.send(with().setRawBatchGet(r).build()));
      case RAW_BATCH_PUT ->
          writes.batchPut(
              request.getRawBatchPut(), r -> reply.send(with().setRawBatchPut(r).build()));
      case RAW_BATCH_DELETE ->
          writes.batchDelete(
              request.getRawBatchDelete(), r -> reply.send(with().setRawBatchDelete(r).build()));
      case RAW_SCAN ->
          reads.scan(request.getRawScan(), r -> reply.send(with().setRawScan(r).build()));
      case RAW_BATCH_SCAN ->
          reads.batchScan(
              request.getRawBatchScan(), r -> reply.send(with().setRawBatchScan(r).build()));
      case RAW_DELETE_RANGE ->
          writes.deleteRange(
              request.getRawDeleteRange(), r -> reply.send(with().setRawDeleteRange(r).build()));
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
