package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.RawCASRequest;
import dev.terrane.proto.kvrpcpb.RawCASResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a raw key's value if it is the expected one. Never sent again once it may have been
 * executed: the second time it would find its own value and tell of a failure.
 */
final class CompareAndSwapCall extends UnaryCall<RawCASRequest, RawCASResponse> {
  private final @Nullable Bytes expected;
  private final @Nullable Bytes value;
  private final long ttlSeconds;
  private final Completion<? super CompareAndSwapResult> completion;
  private Bytes key;

  /**
   * @param expected null: the key is expected to be absent
   * @param value null: the key is removed
   */
  CompareAndSwapCall(
      ClientCore core,
      Bytes key,
      @Nullable Bytes expected,
      @Nullable Bytes value,
      long ttlSeconds,
      Completion<? super CompareAndSwapResult> completion) {
    super(core, Rpc.RAW_COMPARE_AND_SWAP);
    this.key = key;
    this.expected = expected;
    this.value = value;
    this.ttlSeconds = ttlSeconds;
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
    return true;
  }

  @Override
  boolean mayRepeat() {
    return false;
  }

  @Override
  RawCASRequest request(Context context) {
    RawCASRequest.Builder request =
        RawCASRequest.newBuilder()
            .setContext(context)
            .setKey(ProtoBytes.toByteString(key))
            .setTtl(ttlSeconds);
    if (expected == null) {
      request.setPreviousNotExist(true);
    } else {
      request.setPreviousValue(ProtoBytes.toByteString(expected));
    }
    if (value == null) {
      request.setDelete(true);
    } else {
      request.setValue(ProtoBytes.toByteString(value));
    }
    return request.build();
  }

  @Override
  @Nullable Error regionErrorOf(RawCASResponse answer) {
    return answer.hasRegionError() ? answer.getRegionError() : null;
  }

  @Override
  void served(RawCASResponse answer) {
    if (!answer.getError().isEmpty()) {
      refused(answer.getError());
    } else if (end()) {
      completion.succeeded(
          new CompareAndSwapResult(
              answer.getSucceed(),
              answer.getPreviousNotExist()
                  ? Optional.empty()
                  : Optional.of(ProtoBytes.toBytes(answer.getPreviousValue()))));
    }
  }

  @Override
  void completeExceptionally(ClientException failure) {
    completion.failed(failure);
  }
}
