package dev.terrane.pd;

import dev.terrane.pd.checker.ClusterView;
import dev.terrane.pd.group.MemberWatch;
import dev.terrane.pd.group.Standbys;
import dev.terrane.pd.operator.OperatorController;
import dev.terrane.pd.region.RegionTree;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.store.StoreBook;
import dev.terrane.pd.store.StoreCondition;
import dev.terrane.pd.store.StoreNews;
import dev.terrane.pd.store.StoreView;
import dev.terrane.pd.tso.IdAllocator;
import dev.terrane.pd.tso.TimestampOracle;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.terranepd.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a member has only while it leads, and what ends with its leadership: windows of timestamps
 * and ids, what stores have said, operators under way.
 *
 * <p>Confined to the member's thread.
 */
final class Leadership implements ClusterView {
  private static final long ID_WINDOW = 1000;

  /** How old the picture of the stores may be that checkers see. */
  private static final long VIEW_NANOS = 100_000_000L;

  private final long term;
  private final ClusterState state;
  private final RegionTree regions;
  private final TimestampOracle oracle;
  private final IdAllocator ids = new IdAllocator(ID_WINDOW);
  private final StoreBook book;
  private final OperatorController operators = new OperatorController();
  private final HeartbeatStreams streams = new HeartbeatStreams();
  private final Standbys standbys = new Standbys();
  private final MemberWatch memberWatch;
  private final StoreNews news = new StoreNews();
  private SortedMap<Long, StoreView> viewByStoreId = new TreeMap<>();
  private @Nullable Store awaitedStore;
  private long viewNanos;
  private int lastPicture;
  private long viewVersion;

  Leadership(
      long term,
      ClusterState state,
      RegionTree regions,
      PdConfig config,
      long nowNanos,
      long wallMillis) {
    this.term = term;
    this.state = state;
    this.regions = regions;
    this.oracle =
        TimestampOracle.open(
            wallMillis, state.timestampBoundMillis(), config.timestampWindow().toMillis());
    this.book = new StoreBook(nowNanos, config.storeDisconnected().toNanos());
    this.memberWatch = new MemberWatch(nowNanos);
    refreshView(nowNanos);
  }

  /** Looks at the stores anew, if the last look is too old. */
  void refreshViewIfOld(long nowNanos) {
    if (nowNanos - viewNanos >= VIEW_NANOS) {
      refreshView(nowNanos);
    }
  }

  /** Looks at the stores anew. */
  void refreshView(long nowNanos) {
    lookAtStores(nowNanos);
    int picture = state.rules().hashCode();
    for (StoreView view : viewByStoreId.values()) {
      boolean full = operators.countOnStore(view.id()) >= state.rules().getOperatorsPerStoreMax();
      picture =
          31 * picture
              + Objects.hash(view.id(), view.condition().name(), view.stats().getIsBusy(), full);
    }
    if (picture != lastPicture) {
      lastPicture = picture;
      viewVersion++;
    }
  }

  /**
   * Changes when something does by which a Region that does not report may need another decision:
   * stores that come, go, fill up or have room again, and rules.
   */
  long viewVersion() {
    return viewVersion;
  }

  private void lookAtStores(long nowNanos) {
    viewNanos = nowNanos;
    viewByStoreId = new TreeMap<>();
    awaitedStore = null;
    for (Store store : state.stores().all()) {
      StoreView view = view(store, nowNanos);
      if (view.condition() == StoreCondition.TOMBSTONE) {
        news.look(view, 0, "");
        continue;
      }
      viewByStoreId.put(store.getId(), view);
      news.look(
          view, book.silentNanos(store.getId(), nowNanos) / 1_000_000, outlook(view, nowNanos));
      if (!book.hasReported(store.getId())
          && !store.getPhysicallyDestroyed()
          && !book.isDisconnected(store.getId(), nowNanos)) {
        awaitedStore = store;
      }
    }
  }

  StoreView view(Store store, long nowNanos) {
    long downMillis = state.rules().getStoreDownMaxMillis();
    return new StoreView(
        store,
        book.condition(store, downMillis, nowNanos),
        book.stats(store.getId()),
        regions.peersOnStore(store.getId()));
  }

  /** What becomes of a store that is silent or to be removed, and when; empty: nothing. */
  String outlook(StoreView store, long nowNanos) {
    return switch (store.condition()) {
      case UP, TOMBSTONE -> "";
      case DISCONNECTED -> {
        long silentMillis = book.silentNanos(store.id(), nowNanos) / 1_000_000;
        long leftMillis = state.rules().getStoreDownMaxMillis() - silentMillis;
        yield store.regionCount() == 0
            ? "it holds no replicas"
            : "its replicas are rebuilt elsewhere in " + Durations.text(leftMillis);
      }
      case DOWN ->
          store.regionCount() == 0
              ? "none of its replicas is missed any more"
              : "its replicas are rebuilt elsewhere now: %d left".formatted(store.regionCount());
      case OFFLINE -> {
        String how =
            store.store().getPhysicallyDestroyed()
                ? "it is destroyed, its replicas are rebuilt from others"
                : book.isDisconnected(store.id(), nowNanos)
                    ? "it is not heard of, its replicas are rebuilt from others"
                    : "its replicas are moved away";
        yield "%s: %d left".formatted(how, store.regionCount());
      }
    };
  }

  /** How many stores are like {@code condition}, by the last look. */
  int storesLike(StoreCondition condition) {
    int count = 0;
    for (StoreView view : viewByStoreId.values()) {
      if (view.condition() == condition) {
        count++;
      }
    }
    return count;
  }

  /** A store that may be there but has not been heard in this leadership; null if there is none. */
  @Nullable Store awaitedStore() {
    return awaitedStore;
  }

  @Override
  public Rules rules() {
    return state.rules();
  }

  @Override
  public List<StoreView> stores() {
    return new ArrayList<>(viewByStoreId.values());
  }

  @Override
  public @Nullable StoreView store(long storeId) {
    return viewByStoreId.get(storeId);
  }

  @Override
  public int operatorsOnStore(long storeId) {
    return operators.countOnStore(storeId);
  }

  /** The Raft term of this leadership. */
  long term() {
    return term;
  }

  TimestampOracle oracle() {
    return oracle;
  }

  IdAllocator ids() {
    return ids;
  }

  StoreBook book() {
    return book;
  }

  OperatorController operators() {
    return operators;
  }

  Standbys standbys() {
    return standbys;
  }

  MemberWatch memberWatch() {
    return memberWatch;
  }

  HeartbeatStreams streams() {
    return streams;
  }
}
