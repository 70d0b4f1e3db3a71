package dev.terrane.client.core;

import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes raw keys of one Region. */
final class BatchPutPart extends BatchPart<KeyValue> {
  private final long ttlSeconds;

  BatchPutPart(ClientCore core, BatchGather<?> gather, List<KeyValue> items, long ttlSeconds) {
    super(core, gather, items);
    this.ttlSeconds = ttlSeconds;
  }

  @Override
  Bytes keyOf(KeyValue item) {
    return item.key();
  }

  @Override
  KeyValue toWire(KeyCodec codec, KeyValue item) {
    return new KeyValue(codec.toWire(item.key()), item.value());
  }

  @Override
  int bytesOf(KeyValue item) {
    return item.key().length() + item.value().length();
  }

  @Override
  BatchPart<KeyValue> another(List<KeyValue> rest) {
    return new BatchPutPart(core, gather(), rest, ttlSeconds);
  }

  @Override
  boolean isWrite() {
    return true;
  }

  @Override
  boolean mayRepeat() {
    return core.config().retryLostWrites();
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_BATCH_PUT;
  }

  @Override
  Request request(Context context) {
    RawBatchPutRequest.Builder request = RawBatchPutRequest.newBuilder().setContext(context);
    for (KeyValue item : items()) {
      request.addPairs(
          KvPair.newBuilder()
              .setKey(ProtoBytes.toByteString(item.key()))
              .setValue(ProtoBytes.toByteString(item.value())));
    }
    if (ttlSeconds != 0) {
      // Both forms: servers before ttls existed read the other one.
      request.setTtl(ttlSeconds).addTtls(ttlSeconds);
    }
    return Request.newBuilder().setRawBatchPut(request).build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawBatchPutResponse answer = response.getRawBatchPut();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    complete(response.getRawBatchPut().getError());
  }
}
