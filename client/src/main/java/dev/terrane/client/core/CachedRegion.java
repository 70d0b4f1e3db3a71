package dev.terrane.client.core;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.kvrpcpb.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Region as the client believes it to be, and the peer to which requests go: the leader while one
 * is known, else the voters in turn.
 *
 * <p>The target changes only when it is still the peer that failed: of the many calls that fail
 * together the first moves on, the others find it moved.
 */
final class CachedRegion {
  private static final long REFRESH_INTERVAL_NANOS = 100_000_000;

  /** A store that hears of a change later than PD takes a moment, not so long. */
  private static final long AHEAD_NANOS = 1_000_000_000;

  private static final int FIXED_BYTES = 256;
  private static final int PEER_BYTES = 64;

  private final Region region;
  private final List<Peer> candidates;
  private final KeyCodec codec;
  private Peer target;
  private @Nullable Context context;

  /** How many candidates have failed since a leader was last known. */
  private int failures;

  /** The peer that was believed to lead when it failed; 0 if none has. */
  private long failedLeaderId;

  /** When PD may be asked about it again. */
  private long refreshableNanos;

  /** Whether PD has been asked, so that {@link #refreshableNanos} means something. */
  private boolean refreshed;

  /** Whether a store has been behind, so that {@link #aheadSinceNanos} means something. */
  private boolean ahead;

  private long aheadSinceNanos;
  private boolean valid = true;

  /** Neighbours in {@link UseOrder}. */
  @Nullable CachedRegion usedBefore;

  @Nullable CachedRegion usedAfter;

  /**
   * @param leader the leader, if known; a peer that the Region does not have is not believed
   * @throws IllegalArgumentException if the Region makes no sense
   */
  CachedRegion(Region region, @Nullable Peer leader, KeyCodec codec) {
    check(region);
    this.region = region;
    this.codec = codec;
    this.candidates = candidates(region);
    Peer known = leader == null ? null : region.peer(leader.id());
    this.target = known == null ? candidates.get(0) : known;
  }

  /** What does not hold of a Region that somebody tells of would mislead every later request. */
  private static void check(Region region) {
    if (region.id() == 0) {
      throw new IllegalArgumentException("a region has no id: " + region);
    }
    if (region.range().isEmpty()) {
      throw new IllegalArgumentException(
          "region " + region.id() + " ends before it begins: " + region.range());
    }
    if (region.peers().isEmpty()) {
      throw new IllegalArgumentException("region " + region.id() + " has no peers");
    }
    for (Peer peer : region.peers()) {
      if (peer.id() == 0 || peer.storeId() == 0) {
        throw new IllegalArgumentException("region " + region.id() + " has a peer " + peer);
      }
    }
  }

  private static List<Peer> candidates(Region region) {
    List<Peer> voters = new ArrayList<>();
    for (Peer peer : region.peers()) {
      if (peer.role() != PeerRole.LEARNER) {
        voters.add(peer);
      }
    }
    return voters.isEmpty() ? region.peers() : voters;
  }

  Region region() {
    return region;
  }

  Peer target() {
    return target;
  }

  /** False once the cache has dropped it; calls that still hold it look again. */
  boolean isValid() {
    return valid;
  }

  void invalidate() {
    valid = false;
  }

  /** About how much memory it takes. */
  long bytes() {
    return FIXED_BYTES
        + region.range().start().length()
        + region.range().end().length()
        + (long) PEER_BYTES * region.peers().size();
  }

  boolean contains(Bytes wireKey) {
    return region.range().contains(wireKey);
  }

  /** What requests to the target carry; the same object until the target changes. */
  Context context() {
    Context made = context;
    if (made == null) {
      Context.Builder builder =
          ProtoRegions.context(region, target).setApiVersion(codec.apiVersion());
      if (codec.keyspaceId() != 0) {
        builder.setKeyspaceId(codec.keyspaceId());
      }
      made = builder.build();
      context = made;
    }
    return made;
  }

  /** Believes that {@code leader} leads; false if the Region has no such peer. */
  boolean lead(Peer leader) {
    Peer known = region.peer(leader.id());
    if (known == null || known.storeId() != leader.storeId()) {
      return false;
    }
    failures = 0;
    failedLeaderId = 0;
    point(known);
    return true;
  }

  /**
   * PD says that {@code leader} leads. PD learns of an election later than the Region's own peers,
   * so it is not believed about a peer that has failed since.
   */
  void leadsAccordingToPd(Peer leader) {
    if (leader.id() != failedLeaderId) {
      lead(leader);
    }
  }

  /** Whether PD is to be asked about this Region, of which no peer serves: not too often. */
  boolean beginRefresh(long nowNanos) {
    if (refreshed && nowNanos < refreshableNanos) {
      return false;
    }
    refreshed = true;
    refreshableNanos = nowNanos + REFRESH_INTERVAL_NANOS;
    return true;
  }

  /**
   * Its store is behind this epoch; whether that has been so for so long that the Region may never
   * have had it.
   */
  boolean isAheadForLong(long nowNanos) {
    if (!ahead) {
      ahead = true;
      aheadSinceNanos = nowNanos;
    }
    return nowNanos - aheadSinceNanos >= AHEAD_NANOS;
  }

  /** Turns to another peer unless that was done already; false when all have failed once more. */
  boolean passOver(Peer failed) {
    if (failed.id() != target.id()) {
      return true;
    }
    if (failures == 0) {
      failedLeaderId = failed.id();
    }
    failures++;
    int at = candidates.indexOf(target);
    point(candidates.get((at + 1) % candidates.size()));
    return failures % candidates.size() != 0;
  }

  private void point(Peer peer) {
    if (peer.id() != target.id()) {
      target = peer;
      context = null;
    }
  }
}
