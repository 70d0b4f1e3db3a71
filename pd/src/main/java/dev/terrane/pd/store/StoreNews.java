package dev.terrane.pd.store;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log when a store is lost and when it comes back: a line for each change of its
 * condition, none while it stays. Confined to the member's thread.
 */
public final class StoreNews {
  private static final Logger log = LoggerFactory.getLogger(StoreNews.class);

  private final Map<Long, StoreCondition> lastById = new HashMap<>(); // never iterated

  /** Notes what {@code store} is like now. */
  public void look(StoreView store, long silentMillis, String outlook) {
    StoreCondition now = store.condition();
    StoreCondition before = lastById.put(store.id(), now);
    if (before == null || before == now) {
      return;
    }
    String name = "store %d at %s".formatted(store.id(), store.store().getAddress());
    switch (now) {
      case UP -> log.info("{} is back", name);
      case DISCONNECTED ->
          log.warn("{} is lost: not heard of for {} s; {}", name, silentMillis / 1000, outlook);
      case DOWN -> log.warn("{} is given up: {}", name, outlook);
      case OFFLINE -> log.info("{} is to be removed: {}", name, outlook);
      case TOMBSTONE -> log.info("{} has been removed", name);
    }
  }
}
