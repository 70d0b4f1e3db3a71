package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.common.Bytes;
import org.jspecify.annotations.Nullable;

/** A batched request on one key, completing with a {@code T}. */
abstract class KeyCall<T extends @Nullable Object> extends BatchedCall {
  private final Completion<T> completion;

  /** The user's key until {@link #prepare}, the wire key from then on. */
  private Bytes key;

  KeyCall(ClientCore core, Bytes userKey, Completion<T> completion) {
    super(core);
    this.key = userKey;
    this.completion = completion;
  }

  @Override
  final void prepare(KeyCodec codec) {
    key = codec.toWire(key);
  }

  @Override
  final Bytes routeKey() {
    return key;
  }

  /** Ends with {@code answer}, unless the store's {@code error} says that it will not be done. */
  final void complete(String error, T answer) {
    if (!error.isEmpty()) {
      refused(error);
    } else if (end()) {
      completion.succeeded(answer);
    }
  }

  @Override
  final void completeExceptionally(ClientException failure) {
    completion.failed(failure);
  }
}
