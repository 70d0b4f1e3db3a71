package dev.terrane.store;

import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.EngineSnapshot;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.KvReader;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.RegionReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Permission to read one local peer's data. It does not hold the peer: what would make the rows
 * wrong is found by {@link #recheck}.
 *
 * <p>To be made before the request is checked: a fence that comes between the two then shows in the
 * check, a later one in the recheck.
 */
final class LocalReader implements RegionReader {
  private final KvEngine engine;
  private final PeerView view;
  private final Region region;
  private final long term;
  private final int generation;
  private @Nullable EngineSnapshot snapshot;

  LocalReader(KvEngine engine, PeerView view, Region region, long term) {
    this.engine = engine;
    this.view = view;
    this.region = region;
    this.term = term;
    this.generation = view.generation();
  }

  @Override
  public Region region() {
    return region;
  }

  @Override
  public DecisionStamp stamp() {
    return new DecisionStamp(term, region.epoch(), view.peerId());
  }

  @Override
  public KvReader latest() {
    return engine;
  }

  @Override
  public EngineSnapshot snapshot() {
    EngineSnapshot taken = snapshot;
    if (taken == null) {
      taken = engine.snapshot();
      snapshot = taken;
    }
    return taken;
  }

  @Override
  public @Nullable RegionError recheck() {
    if (view.generation() != generation) {
      return view.dataState() == PeerView.DataState.DESTROYED
          ? new RegionError.RegionNotFound(region.id())
          : new RegionError.Other("region " + region.id() + " was replaced by a snapshot");
    }
    Region now = view.region();
    if (now != null && now.epoch().version() != region.epoch().version()) {
      return new RegionError.EpochNotMatch(List.of(now));
    }
    return null;
  }

  @Override
  public void close() {
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
