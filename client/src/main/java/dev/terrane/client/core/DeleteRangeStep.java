package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import org.jspecify.annotations.Nullable;

/** Removes what lies in one Region of a range; the next step goes on in the next Region. */
final class DeleteRangeStep extends BatchedCall {
  private final KeyRange userRange;
  private final Completion<@Nullable Void> completion;
  private final boolean first;
  private @Nullable RangeCursor cursor;

  /** The first step; the range is not empty. */
  DeleteRangeStep(ClientCore core, KeyRange userRange, Completion<@Nullable Void> completion) {
    super(core);
    this.userRange = userRange;
    this.completion = completion;
    this.first = true;
  }

  private DeleteRangeStep(DeleteRangeStep before) {
    super(before.core);
    this.userRange = before.userRange;
    this.completion = before.completion;
    this.first = false;
    this.cursor = before.cursor;
    markPrepared();
  }

  @Override
  void prepare(KeyCodec codec) {
    cursor = new RangeCursor(codec.toWire(userRange), false);
  }

  private RangeCursor cursor() {
    RangeCursor prepared = cursor;
    if (prepared == null) {
      throw Invariant.violated("a range was routed before its keys were encoded");
    }
    return prepared;
  }

  @Override
  Bytes routeKey() {
    return cursor().routeKey();
  }

  @Override
  int patience() {
    return RANGE_PATIENCE;
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
    return Response.CmdCase.RAW_DELETE_RANGE;
  }

  @Override
  Request request(Context context) {
    KeyRange range = cursor().within(region().region());
    return Request.newBuilder()
        .setRawDeleteRange(
            RawDeleteRangeRequest.newBuilder()
                .setContext(context)
                .setStartKey(ProtoBytes.toByteString(range.start()))
                .setEndKey(ProtoBytes.toByteString(range.end())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(Response response) {
    RawDeleteRangeResponse answer = response.getRawDeleteRange();
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(Response response) {
    String error = response.getRawDeleteRange().getError();
    if (!error.isEmpty()) {
      refused(error);
    } else if (end()) {
      if (cursor().leave(region().region())) {
        new DeleteRangeStep(this).start();
      } else {
        completion.succeeded(null);
      }
    }
  }

  @Override
  void completeExceptionally(ClientException failure) {
    completion.failed(
        first || failure instanceof UndeterminedException
            ? failure
            : new UndeterminedException(
                "the range was removed below " + routeKey() + " only: " + failure.getMessage()));
  }
}
