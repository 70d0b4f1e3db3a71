package dev.terrane.pd;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.PeerRole;
import dev.terrane.proto.terranepd.RegionList;
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
  private static final int FORMAT_VERSION = 1;
  private static final int SHARED_PER_TICK_MAX = 1024;
  private static final int SHARED_BYTES_PER_TICK_MAX = 256 << 10;

  /**
   * The cache is one record, kept in memory by the log: with more Regions it has only the first.
   */
  private static final int CACHED_MAX = 4096;

  private static final int CACHE_BYTES_MAX = 2 << 20;
  private static final long SAVE_NANOS = 10_000_000_000L;

  private final PdMember member;

  /** Each Region once, so never more than there are. */
  private final Set<Long> changedIds = new LinkedHashSet<>();

  /** Where telling everything goes on; null once everything has been told. */
  private @Nullable Bytes tellFrom;

  /** Whether somebody came while everything was being told, and has missed what was first. */
  private boolean tellAgain;

  private long toldTerm;
  private int toldMembers;
  private boolean unsaved;
  private long savedNanos;

  RegionKeeper(PdMember member) {
    this.member = member;
    this.savedNanos = member.time().nanoTime();
  }

  // ---- at the start

  /** The cluster's first Region covers what nothing else does. */
  void beginWith(dev.terrane.proto.metapb.@Nullable Region first) {
    if (first != null && member.regions().size() == 0) {
      member.regions().put(RegionInfo.withoutLeader(ProtoRegions.fromProto(first)));
    }
  }

  /** Takes the cache in. One of a newer format is passed over: it is only a cache. */
  void load(@Nullable Bytes cache) {
    if (cache == null) {
      return;
    }
    try {
      RegionList list = RegionList.parseFrom(ProtoBytes.toByteString(cache));
      if (list.getFormatVersion() == FORMAT_VERSION) {
        list.getRegionsList().forEach(this::take);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("PD's cache of Regions is malformed", e);
    }
  }

  // ---- while it runs

  /** A Region is not what it was. */
  void changed(RegionInfo region) {
    unsaved = true;
    changedIds.add(region.id());
  }

  /** Takes in what the leader told. The leader itself listens to stores only. */
  void shared(List<RegionRecord> records) {
    if (member.leadership() == null) {
      records.forEach(this::take);
      unsaved |= !records.isEmpty();
    }
  }

  private void take(RegionRecord record) {
    if (record.getRegion().getPeersList().stream()
        .anyMatch(peer -> peer.getRole() == PeerRole.UNRECOGNIZED)) {
      return; // of a newer release
    }
    Region region = ProtoRegions.fromProto(record.getRegion());
    Peer leader = region.peer(record.getLeaderPeerId());
    if (region.id() != 0 && !region.peers().isEmpty() && !region.range().isEmpty()) {
      member
          .regions()
          .put(new RegionInfo(region, leader, record.getTerm(), List.of(), List.of(), 0, 0, 0));
    }
  }

  void onTick(@Nullable Leadership leadership, long nowNanos) {
    if (leadership == null) {
      changedIds.clear();
    } else {
      tell(leadership);
    }
    if (unsaved && nowNanos - savedNanos >= SAVE_NANOS && member.raft().state() != null) {
      unsaved = false;
      savedNanos = nowNanos;
      member.raft().saveRegions(encode());
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
        RegionRecord record = record(region);
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
      RegionRecord record = record(region);
      bytes += record.getSerializedSize();
      records.add(record);
      from = region.region().range().start().successor();
    }
    boolean over = member.regions().currentFrom(from, 1).isEmpty();
    tellFrom = over ? (tellAgain ? Bytes.EMPTY : null) : from;
    tellAgain &= !over;
  }

  private static RegionRecord record(RegionInfo region) {
    Peer leader = region.leader();
    return RegionRecord.newBuilder()
        .setRegion(ProtoRegions.toProto(region.region()))
        .setLeaderPeerId(leader == null ? 0 : leader.id())
        .setTerm(region.term())
        .build();
  }

  private Bytes encode() {
    RegionList.Builder list = RegionList.newBuilder().setFormatVersion(FORMAT_VERSION);
    int bytes = 0;
    for (RegionInfo region : member.regions().currentFrom(Bytes.EMPTY, CACHED_MAX)) {
      RegionRecord record = record(region);
      bytes += record.getSerializedSize();
      if (bytes > CACHE_BYTES_MAX) {
        break;
      }
      list.addRegions(record);
    }
    return ProtoBytes.toBytes(list.build().toByteString());
  }
}
