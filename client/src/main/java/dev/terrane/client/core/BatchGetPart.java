package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchGetResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads raw keys of one Region into a map that all parts share. */
final class BatchGetPart extends BatchPart<Bytes> {
  private final Map<Bytes, Bytes> valueByWireKey;

  BatchGetPart(
      ClientCore core, BatchGather<?> gather, List<Bytes> keys, Map<Bytes, Bytes> valueByWireKey) {
    super(core, gather, keys);
    this.valueByWireKey = valueByWireKey;
  }

  @Override
  Bytes keyOf(Bytes item) {
    return item;
  }

  @Override
  Bytes toWire(KeyCodec codec, Bytes item) {
    return codec.toWire(item);
  }

  @Override
  int bytesOf(Bytes item) {
    return item.length();
  }

  @Override
  BatchPart<Bytes> another(List<Bytes> rest) {
    return new BatchGetPart(core, gather(), rest, valueByWireKey);
  }

  @Override
  boolean isWrite() {
    return false;
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_BATCH_GET;
  }

  @Override
  Request request(Context context) {
    return Request.newBuilder()
        .setRawBatchGet(
            RawBatchGetRequest.newBuilder()
                .setContext(context)
                .addAllKeys(ProtoBytes.toByteStrings(items())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawBatchGetResponse answer = response.getRawBatchGet();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    List<KvPair> pairs = response.getRawBatchGet().getPairsList();
    String error = PairErrors.first(pairs);
    if (error.isEmpty()) {
      for (KvPair pair : pairs) {
        valueByWireKey.put(ProtoBytes.toBytes(pair.getKey()), ProtoBytes.toBytes(pair.getValue()));
      }
    }
    complete(error);
  }
}
