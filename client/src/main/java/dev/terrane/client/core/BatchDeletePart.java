package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes raw keys of one Region. */
final class BatchDeletePart extends BatchPart<Bytes> {
  BatchDeletePart(ClientCore core, BatchGather<?> gather, List<Bytes> keys) {
    super(core, gather, keys);
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
    return new BatchDeletePart(core, gather(), rest);
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
    return Response.CmdCase.RAW_BATCH_DELETE;
  }

  @Override
  Request request(Context context) {
    return Request.newBuilder()
        .setRawBatchDelete(
            RawBatchDeleteRequest.newBuilder()
                .setContext(context)
                .addAllKeys(ProtoBytes.toByteStrings(items())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawBatchDeleteResponse answer = response.getRawBatchDelete();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    complete(response.getRawBatchDelete().getError());
  }
}
