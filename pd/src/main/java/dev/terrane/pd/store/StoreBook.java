package dev.terrane.pd.store;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.StoreStats;
import java.util.HashMap;
import java.util.Map;

/**
 * When each store was last heard from, by one PD leadership. A new leadership begins with what it
 * hears itself: a store that it has not heard yet counts as silent since the leadership began, so a
 * change of leaders never makes a store look down earlier than it is.
 *
 * <p>Confined to the member's thread. Times are from its monotonic clock.
 */
public final class StoreBook {
  private static final class Page {
    long heardNanos;
    boolean lifeHeard;
    long lifeHeardNanos;
    StoreStats stats = StoreStats.getDefaultInstance();
  }

  private final long startNanos;
  private final long disconnectedNanos;
  private final Map<Long, Page> pageByStoreId = new HashMap<>(); // never iterated

  public StoreBook(long startNanos, long disconnectedNanos) {
    this.startNanos = startNanos;
    this.disconnectedNanos = disconnectedNanos;
  }

  /** The store has introduced itself, and PD has taken its word. */
  public void introduced(long storeId, long nowNanos) {
    lifeHeard(page(storeId, nowNanos), nowNanos);
  }

  /**
   * The store says that it lives.
   *
   * @param ofKnownLife whether it is the life that PD has in its table, not one that has yet to say
   *     where it is
   */
  public void heartbeat(StoreStats stats, boolean ofKnownLife, long nowNanos) {
    Page page = page(stats.getStoreId(), nowNanos);
    page.stats = stats;
    if (ofKnownLife) {
      lifeHeard(page, nowNanos);
    }
  }

  private static void lifeHeard(Page page, long nowNanos) {
    page.lifeHeard = true;
    page.lifeHeardNanos = nowNanos;
  }

  /**
   * How long ago the life of the store that PD has in its table was heard of, or this leadership
   * began, which may not have heard of it yet; negative where that is so long ago that it need not
   * be waited for.
   */
  public long knownLifeHeardNanosAgo(long storeId, long nowNanos) {
    Page page = pageByStoreId.get(storeId);
    long ago = nowNanos - (page != null && page.lifeHeard ? page.lifeHeardNanos : startNanos);
    return ago > disconnectedNanos ? -1 : ago;
  }

  private Page page(long storeId, long nowNanos) {
    Page page = pageByStoreId.computeIfAbsent(storeId, id -> new Page());
    page.heardNanos = nowNanos;
    return page;
  }

  /** Whether this leadership has heard from the store. */
  public boolean hasReported(long storeId) {
    return pageByStoreId.containsKey(storeId);
  }

  /** How long the store has been silent. */
  public long silentNanos(long storeId, long nowNanos) {
    Page page = pageByStoreId.get(storeId);
    return nowNanos - (page == null ? startNanos : page.heardNanos);
  }

  /** Of the store's last heartbeat; all zeros if there was none. */
  public StoreStats stats(long storeId) {
    Page page = pageByStoreId.get(storeId);
    return page == null ? StoreStats.getDefaultInstance() : page.stats;
  }

  /**
   * What can be expected of {@code store}, which is given up after {@code downMillis} of silence.
   */
  public StoreCondition condition(Store store, long downMillis, long nowNanos) {
    return switch (store.getState()) {
      case Tombstone -> StoreCondition.TOMBSTONE;
      case Offline -> StoreCondition.OFFLINE;
      case Up, UNRECOGNIZED -> {
        long silent = silentNanos(store.getId(), nowNanos);
        if (silent / 1_000_000 > downMillis) {
          yield StoreCondition.DOWN;
        }
        yield silent > disconnectedNanos ? StoreCondition.DISCONNECTED : StoreCondition.UP;
      }
    };
  }

  /** Whether the store has been silent for so long that it need not be waited for. */
  public boolean isDisconnected(long storeId, long nowNanos) {
    return silentNanos(storeId, nowNanos) > disconnectedNanos;
  }
}
