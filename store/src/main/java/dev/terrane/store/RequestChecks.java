package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What TiKV checks before it serves a request, in its order: clients repair their caches by the
 * first thing that is wrong, so the order is part of the protocol.
 */
final class RequestChecks {
  private RequestChecks() {}

  /**
   * The first thing that is wrong with a request for {@code view}, which is not null; or null. The
   * store was compared before.
   *
   * @param keys what the request touches; null where the caller compares bounds itself
   */
  static @Nullable RegionError check(
      PeerView view, RegionContext context, @Nullable KeyRange keys, boolean leaderOnly) {
    if (context.peerId() != view.peerId()) {
      return new RegionError.MismatchPeerId(context.peerId(), view.peerId());
    }
    PeerView.Leadership leadership = view.leadership();
    if (leaderOnly && !leadership.here()) {
      return new RegionError.NotLeader(view.regionId(), leadership.leader());
    }
    Region region = view.region();
    switch (view.dataState()) {
      case READABLE -> {}
      case NONE -> {
        return new RegionError.RegionNotInitialized(view.regionId());
      }
      case REPLACING -> {
        return new RegionError.Other("region " + view.regionId() + " is applying a snapshot");
      }
      case DESTROYED -> {
        return new RegionError.RegionNotFound(view.regionId());
      }
    }
    if (region == null) {
      return new RegionError.RegionNotInitialized(view.regionId());
    }
    if (context.term() != 0 && context.term() + 1 < leadership.term()) {
      return new RegionError.StaleCommand();
    }
    if (context.epoch().version() != region.epoch().version()) {
      return new RegionError.EpochNotMatch(List.of(region));
    }
    if (keys != null && !region.range().contains(keys)) {
      return new RegionError.KeyNotInRegion(
          firstOutside(region.range(), keys), region.id(), region.range());
    }
    return null;
  }

  private static Bytes firstOutside(KeyRange range, KeyRange keys) {
    return range.contains(keys.start()) ? keys.end() : keys.start();
  }
}
