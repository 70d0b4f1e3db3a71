package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.region.RegionUpdate;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.terranepd.RegionRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is known of Regions beyond one leadership and one life: the leader tells the other
 * members what changed, and every member keeps a cache on its disk. So who leads next answers
 * routing before the stores have reported again. Nothing is scheduled by it, and nothing here is
 * replicated: what is lost is reported again.
 *
 * <p>Confined to the member's thread.
 */
final class RegionKeeper {
  private static final int SHARED_PER_TICK_MAX = 1024;
  private static final int SHARED_BYTES_PER_TICK_MAX = 256 << 10;

  private static final long SAVE_NANOS = 2_000_000_000L;

  private final PdMember member;

  /** Each Region once, so never more than there are. */
  private final Set<Long> changedIds = new LinkedHashSet<>();

  /** Where telling everything goes on; null once everything has been told. */
  private @Nullable Bytes tellFrom;

  /** Whether somebody came while everything was being told, and has missed what was first. */
  private boolean tellAgain;

  private long toldTerm;
  private int toldMembers;
  private final RegionCache cache;
  private long savedNanos;

  RegionKeeper(PdMember member) {
    this.member = member;
    this.cache = new RegionCache(member.regions());
    this.savedNanos = member.time().nanoTime();
  }

  // ---- at the start

  /** The cluster's first Region covers what nothing else does. */
  void beginWith(dev.terrane.proto.metapb.@Nullable Region first) {
    if (first != null && member.regions().size() == 0) {
      member.regions().put(RegionInfo.withoutLeader(ProtoRegions.fromProto(first)));
    }
  }

  /** Takes the cache in. A chunk of a newer format is passed over: it is only a cache. */
  void load(List<Bytes> chunks) {
    for (Bytes chunk : chunks) {
      RegionCache.decode(chunk).forEach(this::take);
    }
  }

  // ---- while it runs

  /** A Region is not what it was. */
  void changed(RegionInfo region) {
    cache.changed(region.id());
    changedIds.add(region.id());
  }

  /** A Region is no more. */
  void removed(RegionInfo region) {
    cache.changed(region.id());
  }

  /** Takes in what the leader told. The leader itself listens to stores only. */
  void shared(List<RegionRecord> records) {
    if (member.leadership() == null) {
      for (RegionRecord record : records) {
        take(record).forEach(removed -> cache.changed(removed.id()));
        cache.changed(record.getRegion().getId());
      }
    }
  }

  /** Returns those that are no more, since this one is there. */
  private List<RegionInfo> take(RegionRecord record) {
    if (record.getRegion().getPeersList().stream()
        .anyMatch(peer -> peer.getRole() == PeerRole.UNRECOGNIZED)) {
      return List.of(); // of a newer release
    }
    Region region = ProtoRegions.fromProto(record.getRegion());
    Peer leader = region.peer(record.getLeaderPeerId());
    if (region.id() == 0 || region.peers().isEmpty() || region.range().isEmpty()) {
      return List.of();
    }
    RegionInfo info =
        new RegionInfo(region, leader, record.getTerm(), List.of(), List.of(), 0, 0, 0);
    return member.regions().put(info) instanceof RegionUpdate.Accepted accepted
        ? accepted.removed()
        : List.of();
  }

  void onTick(@Nullable Leadership leadership, long nowNanos) {
    if (leadership == null) {
      changedIds.clear();
    } else {
      tell(leadership);
    }
    if (cache.isDirty()
        && nowNanos - savedNanos >= SAVE_NANOS
        && member.raft().state() != null
        && !member.raft().isSavingRegions()) {
      savedNanos = nowNanos;
      member.raft().saveRegions(cache.next());
    }
  }

  /** Whether there is nothing left to tell. */
  boolean isAtRest() {
    return changedIds.isEmpty() && tellFrom == null;
  }

  private void tell(Leadership leadership) {
    int members = member.stateOrThrow().members().all().size();
    if (toldTerm != leadership.term() || toldMembers != members) {
      toldTerm = leadership.term();
      toldMembers = members;
      // A new leader, or a newcomer, who knows nothing yet. What is under way is not begun anew:
      // with members that come and go it would never end.
      tellAgain |= tellFrom != null;
      tellFrom = tellFrom == null ? Bytes.EMPTY : tellFrom;
    }
    List<RegionRecord> records = new ArrayList<>();
    Iterator<Long> ids = changedIds.iterator();
    int bytes = 0;
    while (ids.hasNext()
        && records.size() < SHARED_PER_TICK_MAX
        && bytes < SHARED_BYTES_PER_TICK_MAX) {
      RegionInfo region = member.regions().byId(ids.next());
      ids.remove();
      if (region != null) {
        RegionRecord record = RegionCache.record(region);
        bytes += record.getSerializedSize();
        records.add(record);
      }
    }
    tellEverything(records);
    if (!records.isEmpty() && members > 1) {
      member.raft().share(records);
    }
  }

  /** Adds the next of all Regions, while it has to. */
  private void tellEverything(List<RegionRecord> records) {
    Bytes from = tellFrom;
    if (from == null) {
      return;
    }
    int bytes = 0;
    for (RegionInfo region : member.regions().currentFrom(from, SHARED_PER_TICK_MAX)) {
      if (bytes >= SHARED_BYTES_PER_TICK_MAX) {
        tellFrom = region.region().range().start();
        return;
      }
      RegionRecord record = RegionCache.record(region);
      bytes += record.getSerializedSize();
      records.add(record);
      from = region.region().range().start().successor();
    }
    boolean over = member.regions().currentFrom(from, 1).isEmpty();
    tellFrom = over ? (tellAgain ? Bytes.EMPTY : null) : from;
    tellAgain &= !over;
  }
}
