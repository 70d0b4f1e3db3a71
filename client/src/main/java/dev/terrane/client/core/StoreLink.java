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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One store: where it is, as PD says, and the streams to it. A store's address may change; it is
 * asked for again when the store cannot be reached, while the old address stays in use.
 */
final class StoreLink implements Completion<Optional<String>> {
  private static final long RESOLVE_INTERVAL_NANOS = 1_000_000_000;

  private final ClientCore core;
  private final long storeId;
  private final List<StoreStream> streams = new ArrayList<>();
  private final List<RegionCall> waiting = new ArrayList<>();
  private @Nullable String address;
  private int nextStream;
  private boolean resolving;
  private boolean closed;
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
    if (!closed && core.now() - resolvedNanos >= RESOLVE_INTERVAL_NANOS) {
      resolve();
    }
  }

  /** Another store answered at its address. */
  void moved() {
    locate(null, "another store is at the address of store " + storeId);
  }

  /** Streams go on only where the address is still the same. */
  private void locate(@Nullable String fresh, String why) {
    String old = address;
    if (Objects.equals(old, fresh)) {
      return;
    }
    address = fresh;
    if (fresh != null) {
      core.addresses().hold(fresh);
    }
    if (old != null) {
      closeStreams(why);
      core.addresses().letGo(old);
    }
  }

  /** Whether nobody waits for anything here. */
  boolean isIdle() {
    return !resolving && waiting.isEmpty() && streams.stream().allMatch(StoreStream::isIdle);
  }

  /** Nobody will use it any more. */
  void close() {
    closed = true;
    locate(null, "store " + storeId + " is gone");
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
              this::addressIn,
              this)
          .start();
    }
  }

  /** Empty if the store is gone for good. */
  private Optional<String> addressIn(GetStoreResponse answer) {
    Store store = answer.getStore();
    if (answer.hasStore() && store.getId() != storeId) {
      throw new IllegalArgumentException(
          "asked for store " + storeId + ", it tells of store " + store.getId());
    }
    return store.getAddress().isEmpty() || store.getState() == StoreState.Tombstone
        ? Optional.empty()
        : Optional.of(store.getAddress());
  }

  @Override
  public void succeeded(Optional<String> told) {
    if (told.isEmpty()) {
      failed(new RefusedException("store " + storeId + " is gone"));
      return;
    }
    resolving = false;
    resolvedNanos = core.now();
    locate(told.get(), "store " + storeId + " has moved to " + told.get());
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
    if (failure instanceof RefusedException && isIdle()) {
      core.forget(this);
    }
  }

  private List<RegionCall> takeWaiting() {
    List<RegionCall> calls = new ArrayList<>(waiting);
    waiting.clear();
    calls.removeIf(call -> !call.isResolving());
    return calls;
  }
}
