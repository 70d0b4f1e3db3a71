package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import org.jspecify.annotations.Nullable;

/** Removes one raw key, whether or not it is there. */
final class DeleteCall extends KeyCall<@Nullable Void> {
  DeleteCall(ClientCore core, Bytes key, Completion<@Nullable Void> completion) {
    super(core, key, completion);
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
    return routeKey().length();
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_DELETE;
  }

  @Override
  Request request(Context context) {
    return Request.newBuilder()
        .setRawDelete(
            RawDeleteRequest.newBuilder()
                .setContext(context)
                .setKey(ProtoBytes.toByteString(routeKey())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawDeleteResponse answer = response.getRawDelete();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    complete(response.getRawDelete().getError(), null);
  }
}
