package dev.terrane.client.core;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one batch stream that wait for an answer, by request id. Ids count up, so a ring
 * indexed by their low bits finds them without hashing; it grows where a slow call still holds the
 * place of a new one.
 */
final class InFlight {
  private @Nullable BatchedCall[] ring = new BatchedCall[64];
  private long lastId;
  private int size;

  /** Gives {@code call} its id. */
  long add(BatchedCall call) {
    long id = ++lastId;
    while (ring[index(id)] != null) {
      grow();
    }
    ring[index(id)] = call;
    call.requestId = id;
    size++;
    return id;
  }

  /** Takes out the call with this id; null if it was given up, or if nobody ever had the id. */
  @Nullable BatchedCall remove(long id) {
    BatchedCall call = ring[index(id)];
    if (call == null || call.requestId != id) {
      return null;
    }
    ring[index(id)] = null;
    size--;
    return call;
  }

  int size() {
    return size;
  }

  /** Takes out all calls, oldest first. */
  void drain(Consumer<BatchedCall> consumer) {
    long first = lastId - ring.length + 1;
    for (long id = Math.max(1, first); id <= lastId; id++) {
      BatchedCall call = remove(id);
      if (call != null) {
        consumer.accept(call);
      }
    }
  }

  private int index(long id) {
    return (int) id & (ring.length - 1);
  }

  private void grow() {
    @Nullable BatchedCall[] old = ring;
    ring = new BatchedCall[old.length * 2];
    for (BatchedCall call : old) {
      if (call != null) {
        ring[index(call.requestId)] = call;
      }
    }
  }
}
