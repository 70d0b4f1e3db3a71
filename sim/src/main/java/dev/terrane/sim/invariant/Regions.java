package dev.terrane.sim.invariant;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.sim.world.SimulationFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every Region's memberships as they were applied anywhere, by their versions. */
final class Regions {
  private final Map<Long, TreeMap<Long, Region>> byConfVerByRegion = new LinkedHashMap<>();

  /** A membership was applied: there is one of each version. */
  void applied(Region region) {
    Region known =
        byConfVerByRegion
            .computeIfAbsent(region.id(), id -> new TreeMap<>())
            .put(region.epoch().confVer(), region);
    if (known != null && !known.peers().equals(region.peers())) {
      throw new SimulationFailure(
          "region %d has two memberships of version %d: %s and %s"
              .formatted(region.id(), region.epoch().confVer(), known.peers(), region.peers()));
    }
  }

  @Nullable Region newest(long regionId) {
    TreeMap<Long, Region> all = byConfVerByRegion.get(regionId);
    return all == null ? null : all.lastEntry().getValue();
  }

  /**
   * Whether the stores that {@code has} accepts are a quorum by the newest membership, or by the
   * one before: its leader may not have applied the newest when it counted.
   */
  boolean isQuorum(long regionId, Predicate<Long> has) {
    TreeMap<Long, Region> all = byConfVerByRegion.get(regionId);
    if (all == null) {
      return true;
    }
    return all.descendingMap().values().stream().limit(2).anyMatch(region -> quorum(region, has));
  }

  /** Whether they are a quorum by both. */
  boolean isQuorumOfBoth(long regionId, Predicate<Long> has) {
    TreeMap<Long, Region> all = byConfVerByRegion.get(regionId);
    return all != null
        && all.descendingMap().values().stream().limit(2).allMatch(region -> quorum(region, has));
  }

  /** Whether they are a quorum by the newest membership. */
  boolean isNewestQuorum(long regionId, Predicate<Long> has) {
    Region newest = newest(regionId);
    return newest != null && quorum(newest, has);
  }

  private static boolean quorum(Region region, Predicate<Long> has) {
    return majority(region.peers(), has, PeerRole.INCOMING_VOTER)
        && majority(region.peers(), has, PeerRole.DEMOTING_VOTER);
  }

  /** Of a joint membership each half counts for itself. */
  private static boolean majority(List<Peer> peers, Predicate<Long> has, PeerRole alsoVotes) {
    int voters = 0;
    int having = 0;
    for (Peer peer : peers) {
      if (peer.role() == PeerRole.VOTER || peer.role() == alsoVotes) {
        voters++;
        having += has.test(peer.storeId()) ? 1 : 0;
      }
    }
    return having * 2 > voters;
  }
}
