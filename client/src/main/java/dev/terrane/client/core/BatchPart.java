package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a batch that goes to one Region in one request: items in the order of their keys.
 * Whenever it is routed it keeps the first items that lie in the Region and fit into a request, and
 * leaves the rest to a new part; so it follows splits by itself.
 *
 * @param <I> an item; with the user's key until {@link #prepare}, with the wire key from then on
 */
abstract class BatchPart<I> extends BatchedCall {
  private final BatchGather<?> gather;
  private List<I> items;

  /** {@code items} is not empty and in the order of {@link #keyOf}. */
  BatchPart(ClientCore core, BatchGather<?> gather, List<I> items) {
    super(core);
    this.gather = gather;
    this.items = items;
  }

  abstract Bytes keyOf(I item);

  abstract int bytesOf(I item);

  /** A part for what does not go with this one. */
  abstract BatchPart<I> another(List<I> rest);

  final List<I> items() {
    return items;
  }

  final BatchGather<?> gather() {
    return gather;
  }

  abstract I toWire(KeyCodec codec, I item);

  /** User keys are in the order of their wire keys: the prefix is the same. */
  @Override
  final void prepare(KeyCodec codec) {
    List<I> wire = new ArrayList<>(items.size());
    for (I item : items) {
      wire.add(toWire(codec, item));
    }
    items = wire;
  }

  @Override
  final Bytes routeKey() {
    return keyOf(items.get(0));
  }

  @Override
  final void fit(CachedRegion region) {
    int taken = 0;
    int bytes = 0;
    while (taken < items.size()
        && taken < BatchGather.PART_ITEMS_MAX
        && region.contains(keyOf(items.get(taken)))) {
      bytes += bytesOf(items.get(taken));
      if (taken > 0 && bytes > core.config().batchBytesMax()) {
        break;
      }
      taken++;
    }
    if (taken < items.size()) {
      List<I> rest = items.subList(taken, items.size());
      items = items.subList(0, taken);
      gather.begin();
      BatchPart<I> another = another(rest);
      another.markPrepared();
      another.startBefore(deadlineNanos());
    }
  }

  @Override
  final int bytes() {
    int bytes = 0;
    for (I item : items) {
      bytes += bytesOf(item);
    }
    return bytes;
  }

  /** Ends well, unless the store's {@code error} says that it will not be done. */
  final void complete(String error) {
    if (!error.isEmpty()) {
      refused(error);
    } else if (end()) {
      gather.succeeded();
    }
  }

  @Override
  final void completeExceptionally(ClientException failure) {
    gather.failed(failure);
  }
}
