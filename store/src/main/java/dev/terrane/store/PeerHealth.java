package dev.terrane.store;

import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.pdpb.PeerStats;
import dev.terrane.raft.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a leader knows of how its other peers fare, for PD: which have been silent, and for how
 * long; which lack too much of the log to count as copies. Confined to the store loop.
 */
final class PeerHealth {
  /** Silence shorter than this is not reported. */
  private static final long DOWN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** A peer that lacks more entries than this is pending. */
  private static final long LAG_ENTRIES_MAX = 8192;

  /** What PD is told. */
  record Report(List<Peer> pending, List<PeerStats> down) {
    static final Report HEALTHY = new Report(List.of(), List.of());

    /** Whether PD would see a difference; that time passes is none. */
    boolean differsFrom(Report other) {
      return !pending.equals(other.pending) || !downIds().equals(other.downIds());
    }

    private List<Long> downIds() {
      return down.stream().map(stats -> stats.getPeer().getId()).toList();
    }
  }

  /** Whether at the last look all others were heard of lately, and none lacked much. */
  private boolean steady;

  private final Map<Long, Long> activeAtNanos = new LinkedHashMap<>();

  /** Forgets everything: leadership is new. */
  void reset() {
    activeAtNanos.clear();
  }

  /** Whether it may be a while until there is something to report. */
  boolean isSteady() {
    return steady;
  }

  Report examine(LocalPeer peer, long nowNanos) {
    steady = true;
    var region = peer.region();
    if (region == null || region.peers().size() < 2) {
      return Report.HEALTHY;
    }
    List<Peer> pending = new ArrayList<>();
    List<PeerStats> down = new ArrayList<>();
    Status status = peer.node().status();
    for (Status.PeerStatus other : status.peers()) {
      dev.terrane.common.region.@Nullable Peer member = region.peer(other.peerId());
      if (member == null || other.peerId() == peer.peerId()) {
        continue;
      }
      if (other.matchIndex() == 0
          || other.matchIndex() + 1 < status.firstIndex()
          || other.matchIndex() + LAG_ENTRIES_MAX < status.hardState().commit()) {
        pending.add(ProtoRegions.toProto(member));
      }
      steady &= other.recentlyActive();
      Long active = activeAtNanos.get(other.peerId());
      if (active == null || other.recentlyActive()) {
        activeAtNanos.put(other.peerId(), nowNanos);
      } else if (nowNanos - active > DOWN_NANOS) {
        down.add(
            PeerStats.newBuilder()
                .setPeer(ProtoRegions.toProto(member))
                .setDownSeconds(TimeUnit.NANOSECONDS.toSeconds(nowNanos - active))
                .build());
      }
    }
    steady &= pending.isEmpty();
    return new Report(pending, down);
  }
}
