package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one raw key. */
final class GetCall extends KeyCall<Optional<Bytes>> {
  GetCall(ClientCore core, Bytes key, Completion<Optional<Bytes>> completion) {
    super(core, key, completion);
  }

  @Override
  boolean isWrite() {
    return false;
  }

  @Override
  int bytes() {
    return routeKey().length();
  }

  @Override
  Response.CmdCase command() {
    return Response.CmdCase.RAW_GET;
  }

  @Override
  Request request(Context context) {
    return Request.newBuilder()
        .setRawGet(
            RawGetRequest.newBuilder()
                .setContext(context)
                .setKey(ProtoBytes.toByteString(routeKey())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawGetResponse answer = response.getRawGet();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    RawGetResponse answer = response.getRawGet();
    complete(
        answer.getError(),
        answer.getNotFound()
            ? Optional.empty()
            : Optional.of(ProtoBytes.toBytes(answer.getValue())));
  }
}
