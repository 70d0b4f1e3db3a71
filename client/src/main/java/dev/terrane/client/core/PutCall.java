package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import org.jspecify.annotations.Nullable;

/** Writes one raw key; a TTL of 0 seconds means that it does not expire. */
final class PutCall extends KeyCall<@Nullable Void> {
  private final Bytes value;
  private final long ttlSeconds;

  PutCall(
      ClientCore core,
      Bytes key,
      Bytes value,
      long ttlSeconds,
      Completion<@Nullable Void> completion) {
    super(core, key, completion);
    this.value = value;
    this.ttlSeconds = ttlSeconds;
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
  int bytes() {
    return routeKey().length() + value.length();
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_PUT;
  }

  @Override
  Request request(Context context) {
    return Request.newBuilder()
        .setRawPut(
            RawPutRequest.newBuilder()
                .setContext(context)
                .setKey(ProtoBytes.toByteString(routeKey()))
                .setValue(ProtoBytes.toByteString(value))
                .setTtl(ttlSeconds))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawPutResponse answer = response.getRawPut();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    complete(response.getRawPut().getError(), null);
  }
}
