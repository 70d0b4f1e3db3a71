package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.RawChecksum;
import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawChecksumRequest;
import dev.terrane.proto.kvrpcpb.RawChecksumResponse;
import org.jspecify.annotations.Nullable;

/** Digests what lies in one Region of a range; the next step goes on in the next Region. */
final class ChecksumStep extends UnaryCall<RawChecksumRequest, RawChecksumResponse> {
  private final KeyRange userRange;
  private final RawChecksum before;
  private final Completion<? super RawChecksum> completion;
  private @Nullable RangeCursor cursor;

  /** The first step; the range is not empty. */
  ChecksumStep(ClientCore core, KeyRange userRange, Completion<? super RawChecksum> completion) {
    super(core, Rpc.RAW_CHECKSUM);
    this.userRange = userRange;
    this.before = RawChecksum.NONE;
    this.completion = completion;
  }

  private ChecksumStep(ChecksumStep previous, RawChecksum before) {
    super(previous.core, Rpc.RAW_CHECKSUM);
    this.userRange = previous.userRange;
    this.before = before;
    this.completion = previous.completion;
    this.cursor = previous.cursor;
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
    return false;
  }

  @Override
  RawChecksumRequest request(Context context) {
    KeyRange range = cursor().within(region().region());
    return RawChecksumRequest.newBuilder()
        .setContext(context)
        .addRanges(
            dev.terrane.proto.kvrpcpb.KeyRange.newBuilder()
                .setStartKey(ProtoBytes.toByteString(range.start()))
                .setEndKey(ProtoBytes.toByteString(range.end())))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(RawChecksumResponse answer) {
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(RawChecksumResponse answer) {
    if (!answer.getError().isEmpty()) {
      refused(answer.getError());
    } else if (end()) {
      RawChecksum sum =
          before.and(
              new RawChecksum(answer.getChecksum(), answer.getTotalKvs(), answer.getTotalBytes()));
      if (cursor().leave(region().region())) {
        new ChecksumStep(this, sum).start();
      } else {
        completion.succeeded(sum);
      }
    }
  }

  @Override
  void completeExceptionally(ClientException failure) {
    completion.failed(failure);
  }
}
