package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.RefusedException;
import dev.terrane.common.Invariant;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One store: where it is, as PD says, and the streams to it. A store's address may change; it is
 * asked for again when the store cannot be reached, while the old address stays in use.
 */
final class StoreLink implements Completion<GetStoreResponse> {
  private static final long RESOLVE_INTERVAL_NANOS = 1_000_000_000;

  private final ClientCore core;
  private final long storeId;
  private final List<StoreStream> streams = new ArrayList<>();
  private final List<RegionCall> waiting = new ArrayList<>();
  private @Nullable String address;
  private int nextStream;
  private boolean resolving;
  private long resolvedNanos;

  StoreLink(ClientCore core, long storeId) {
    this.core = core;
    this.storeId = storeId;
    for (int i = 0; i < core.config().streamsPerStore(); i++) {
      streams.add(new StoreStream(core, this));
    }
  }

  long storeId() {
    return storeId;
  }

  boolean isResolved() {
    return address != null;
  }

  /** Only while {@link #isResolved}. */
  String address() {
    String known = address;
    if (known == null) {
      throw Invariant.violated("store %d has no address yet", storeId);
    }
    return known;
  }

  StoreStream stream() {
    StoreStream stream = streams.get(nextStream);
    nextStream = (nextStream + 1) % streams.size();
    return stream;
  }

  /** {@code call}, in state RESOLVING, is routed again once the address is known. */
  void await(RegionCall call) {
    waiting.add(call);
    resolve();
  }

  /** Its address may be wanted when PD cannot be asked. */
  void resolveAhead() {
    if (address == null) {
      resolve();
    }
  }

  /** It cannot be reached: it may have moved. */
  void suspect() {
    if (core.now() - resolvedNanos >= RESOLVE_INTERVAL_NANOS) {
      resolve();
    }
  }

  /** Another store answered at its address. */
  void moved() {
    address = null;
    closeStreams("another store is at the address of store " + storeId);
  }

  void cancelStreams() {
    streams.forEach(StoreStream::cancel);
  }

  private void closeStreams(String why) {
    streams.forEach(stream -> stream.close(why));
  }

  private void resolve() {
    if (!resolving) {
      resolving = true;
      new PdCall<>(
              core,
              Rpc.GET_STORE,
              header -> GetStoreRequest.newBuilder().setHeader(header).setStoreId(storeId).build(),
              GetStoreResponse::getHeader,
              this)
          .start();
    }
  }

  @Override
  public void succeeded(GetStoreResponse answer) {
    resolving = false;
    resolvedNanos = core.now();
    Store store = answer.getStore();
    if (store.getAddress().isEmpty() || store.getState() == StoreState.Tombstone) {
      failed(new RefusedException("store " + storeId + " is gone"));
      return;
    }
    String old = address;
    address = store.getAddress();
    if (old != null && !old.equals(address)) {
      closeStreams("store " + storeId + " has moved to " + address);
    }
    for (RegionCall call : takeWaiting()) {
      core.route(call);
    }
  }

  @Override
  public void failed(ClientException failure) {
    resolving = false;
    resolvedNanos = core.now();
    for (RegionCall call : takeWaiting()) {
      if (failure instanceof RefusedException) {
        core.cache().remove(call.region());
        call.backOff(Delay.REGION_UNKNOWN, failure.getMessage());
      } else if (failure instanceof DeadlineExceededException) {
        call.backOff(Delay.PD, failure.getMessage());
      } else {
        call.failed(failure);
      }
    }
  }

  private List<RegionCall> takeWaiting() {
    List<RegionCall> calls = new ArrayList<>(waiting);
    waiting.clear();
    calls.removeIf(call -> !call.isResolving());
    return calls;
  }
}
