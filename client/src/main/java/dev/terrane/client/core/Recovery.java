package dev.terrane.client.core;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import java.util.List;

/**
 * What becomes of a call that a store did not serve: repairs the route by what was learned, then
 * tries again, later or at once, or ends the call where trying again is not right.
 *
 * <p>A write whose reply was lost ends as undetermined: executed a second time, it could replace
 * what another client wrote after the first. It is repeated, as TiKV's own clients do, only if the
 * configuration asks for it; a compare-and-swap never is.
 */
final class Recovery {
  private final ClientCore core;

  Recovery(ClientCore core) {
    this.core = core;
  }

  /** The store answered with {@code error}. */
  void regionError(RegionCall call, RegionError error) {
    Repair repair = Repair.of(error);
    String trouble = "store " + call.peer().storeId() + " answered " + error;
    CachedRegion region = call.region();
    if (repair instanceof Repair.Wait wait) {
      call.backOff(wait.delay(), wait.millis(), trouble);
    } else if (repair instanceof Repair.ToLeader toLeader) {
      toLeader(call, toLeader.leader(), trouble);
    } else if (repair instanceof Repair.ToNextPeer) {
      passOver(call);
      call.backOff(Delay.NO_LEADER, trouble);
    } else if (repair instanceof Repair.Replace replace) {
      replace(call, replace.current(), trouble);
    } else if (repair instanceof Repair.Unknown unknown) {
      unknown(call, unknown.why(), Delay.NOT_READY);
    } else if (repair instanceof Repair.Refuse refuse) {
      call.refused(refuse.why());
    } else {
      if (repair instanceof Repair.ReloadStore) {
        core.link(call.peer().storeId()).moved();
      }
      core.cache().remove(region);
      call.backOff(Delay.REGION_UNKNOWN, trouble);
    }
  }

  /** The store did not serve it, and what it said of why makes no sense. */
  void notUnderstood(RegionCall call, String why) {
    core.cache().remove(call.region());
    call.backOff(
        Delay.REGION_UNKNOWN,
        "the region error of store " + call.peer().storeId() + " makes no sense: " + why);
  }

  /** The request did not reach the store. */
  void unreachable(RegionCall call, String why) {
    passOver(call);
    call.backOff(Delay.STORE_UNREACHABLE, "store " + call.peer().storeId() + ": " + why);
  }

  /** The answer is late and still awaited; others are sent elsewhere meanwhile. */
  void late(RegionCall call) {
    passOver(call);
  }

  /** The request may have been executed, but no answer will come. */
  void unanswered(RegionCall call, String why) {
    passOver(call);
    unknown(call, "store " + call.peer().storeId() + ": " + why, Delay.STORE_UNREACHABLE);
  }

  private static void unknown(RegionCall call, String why, Delay delay) {
    if (call.isWrite()) {
      call.markSentInVain();
    }
    if (call.mayRepeat()) {
      call.backOff(delay, why);
    } else {
      call.undetermined(why);
    }
  }

  private void toLeader(RegionCall call, Peer leader, String trouble) {
    if (leader.id() == call.peer().id()) {
      // It says that it does not lead and that it does: an election is under way.
      call.backOff(Delay.NO_LEADER, trouble);
    } else if (call.region().lead(leader)) {
      call.backOff(Delay.LEADER_NAMED, trouble);
    } else {
      core.cache().remove(call.region());
      call.backOff(Delay.REGION_UNKNOWN, trouble);
    }
  }

  private void replace(RegionCall call, List<Region> current, String trouble) {
    CachedRegion stale = call.region();
    long storeId = call.peer().storeId();
    boolean storeLags = false;
    try {
      for (Region region : current) {
        storeLags |=
            region.id() == stale.region().id()
                && region.epoch().isOlderThan(stale.region().epoch());
        core.learn(region, region.peerOnStore(storeId));
      }
    } catch (IllegalArgumentException e) {
      trouble = trouble + ", which cannot be used: " + e.getMessage();
    }
    if (storeLags && !stale.isAheadForLong(core.now())) {
      call.backOff(Delay.NOT_READY, trouble);
    } else if (!stale.isValid()) {
      call.backOff(Delay.REGIONS_SENT, trouble);
    } else {
      core.cache().remove(stale);
      call.backOff(Delay.REGION_UNKNOWN, trouble);
    }
  }

  /**
   * Once every peer has been tried in vain, PD may know better. The peers are tried again
   * meanwhile: what holds up the Region may hold up PD, too, and they know first who is elected.
   */
  private void passOver(RegionCall call) {
    if (!call.region().passOver(call.peer())) {
      core.loader().refresh(call);
    }
  }
}
