package dev.terrane.client.core;

import dev.terrane.common.Invariant;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import java.util.List;

/** What a Region error asks of the client, before the call is tried again. */
sealed interface Repair {
  /** Nothing is wrong with the route: wait, then send to the same peer, at least {@code millis}. */
  record Wait(Delay delay, long millis) implements Repair {}

  /** The leader is elsewhere. */
  record ToLeader(Peer leader) implements Repair {}

  /** This peer does not lead and knows no leader. */
  record ToNextPeer() implements Repair {}

  /** The cached Region is wrong: ask PD. */
  record Reload() implements Repair {}

  /** So is where its store is thought to be. */
  record ReloadStore() implements Repair {}

  /** These are the Regions now; bounds are as PD has them. */
  record Replace(List<Region> current) implements Repair {}

  /** It may have happened. */
  record Unknown(String why) implements Repair {}

  /** Trying again would not help. */
  record Refuse(String why) implements Repair {}

  static Repair of(RegionError error) {
    if (error instanceof RegionError.NotLeader e) {
      Peer leader = e.leader();
      return leader == null ? new ToNextPeer() : new ToLeader(leader);
    } else if (error instanceof RegionError.EpochNotMatch e) {
      return e.current().isEmpty() ? new Reload() : new Replace(e.current());
    } else if (error instanceof RegionError.ServerIsBusy e) {
      return new Wait(Delay.BUSY, e.backoff().toMillis());
    } else if (error instanceof RegionError.UndeterminedResult e) {
      return new Unknown(e.message());
    } else if (error instanceof RegionError.RaftEntryTooLarge e) {
      return new Refuse(
          "entry of " + e.entryBytes() + " bytes is too large for region " + e.regionId());
    } else if (error instanceof RegionError.StoreNotMatch) {
      return new ReloadStore();
    } else if (error instanceof RegionError.DiskFull) {
      return new Wait(Delay.DISK_FULL, 0);
    } else if (error instanceof RegionError.StaleCommand
        || error instanceof RegionError.ReadIndexNotReady
        || error instanceof RegionError.RegionNotInitialized
        || error instanceof RegionError.DataIsNotReady) {
      return new Wait(Delay.NOT_READY, 0);
    } else if (error instanceof RegionError.RegionNotFound
        || error instanceof RegionError.KeyNotInRegion
        || error instanceof RegionError.MismatchPeerId
        || error instanceof RegionError.Other) {
      return new Reload();
    }
    throw Invariant.violated("a region error that nobody repairs: %s", error);
  }
}
