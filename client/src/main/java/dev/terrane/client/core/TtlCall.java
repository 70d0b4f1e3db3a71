package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.KeyTtl;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how long one raw key will live. */
final class TtlCall extends UnaryCall<RawGetKeyTTLRequest, RawGetKeyTTLResponse> {
  private final Completion<? super KeyTtl> completion;
  private Bytes key;

  TtlCall(ClientCore core, Bytes key, Completion<? super KeyTtl> completion) {
    super(core, Rpc.RAW_GET_KEY_TTL);
    this.key = key;
    this.completion = completion;
  }

  @Override
  void prepare(KeyCodec codec) {
    key = codec.toWire(key);
  }

  @Override
  Bytes routeKey() {
    return key;
  }

  @Override
  boolean isWrite() {
    return false;
  }

  @Override
  RawGetKeyTTLRequest request(Context context) {
    return RawGetKeyTTLRequest.newBuilder()
        .setContext(context)
        .setKey(ProtoBytes.toByteString(key))
        .build();
  }

  @Override
  @Nullable Error regionErrorOf(RawGetKeyTTLResponse answer) {
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(RawGetKeyTTLResponse answer) {
    if (!answer.getError().isEmpty()) {
      refused(answer.getError());
    } else if (end()) {
      completion.succeeded(ttl(answer));
    }
  }

  private static KeyTtl ttl(RawGetKeyTTLResponse answer) {
    if (answer.getNotFound()) {
      return new KeyTtl.Absent();
    }
    return answer.getTtl() == 0
        ? new KeyTtl.Unlimited()
        : new KeyTtl.Limited(
            // Unsigned on the wire: beyond what a long holds there is no end to be seen.
            Duration.ofSeconds(answer.getTtl() < 0 ? Long.MAX_VALUE : answer.getTtl()));
  }

  @Override
  void completeExceptionally(ClientException failure) {
    completion.failed(failure);
  }
}
