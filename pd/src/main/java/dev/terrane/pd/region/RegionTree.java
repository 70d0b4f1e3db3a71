package dev.terrane.pd.region;

import static dev.terrane.common.Invariant.check;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.pd.region.RegionUpdate.Accepted;
import dev.terrane.pd.region.RegionUpdate.Stale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An interval map of all Regions: by key and by id, each in O(log n). Of two claims about one range
 * the one with the newer epoch wins; of two about one Region, also the one with the higher term.
 *
 * <p>A Region that a newer one has cut into is no longer <em>current</em>: it has no id here, and
 * nothing is scheduled for it. What is left of its range is still answered with it, until its
 * successor reports: during a split the old Region is a better answer than none, for a store that
 * is asked by the old epoch answers with the new Regions. So once some Regions cover the whole key
 * space, every key has an answer for ever.
 *
 * <p>Invariants: pieces do not overlap; a current Region has exactly one piece, its own range; the
 * range of a piece lies in that of its Region.
 *
 * <p>Confined to its owner's thread.
 */
public final class RegionTree {
  /** A run of keys and the Region to answer for them. */
  private record Piece(KeyRange keys, RegionInfo region) {}

  private final TreeMap<Bytes, Piece> pieceByStart = new TreeMap<>();
  private final Map<Long, RegionInfo> currentById = new HashMap<>(); // never iterated
  private final Map<Long, StoreShare> shareByStoreId = new HashMap<>(); // never iterated

  private long divisions;

  private static final class StoreShare {
    int peers;
    int leaders;
  }

  /** Takes {@code report} in, or says what newer knowledge it contradicts. */
  public RegionUpdate put(RegionInfo report) {
    RegionInfo known = currentById.get(report.id());
    Stale stale = known == null ? null : staleAgainst(known, report);
    if (stale != null) {
      return stale;
    }
    if (known != null && known.region().range().equals(report.region().range())) {
      replace(known, report);
      return new Accepted(List.of(), isChanged(known, report));
    }
    List<Piece> overlapped = overlapping(report.region().range());
    for (Piece piece : overlapped) {
      RegionEpoch epoch = piece.region.region().epoch();
      if (!piece.region.equals(known) && epoch.version() > report.region().epoch().version()) {
        return new Stale(
            "Region %d at version %d overlaps Region %d at version %d"
                .formatted(
                    report.id(),
                    report.region().epoch().version(),
                    piece.region.id(),
                    epoch.version()));
      }
    }
    return new Accepted(cutIn(report, overlapped), true);
  }

  private static @Nullable Stale staleAgainst(RegionInfo known, RegionInfo report) {
    RegionEpoch knownEpoch = known.region().epoch();
    RegionEpoch epoch = report.region().epoch();
    if (epoch.isOlderThan(knownEpoch)) {
      return new Stale(
          "Region %d is known at epoch %s, newer than the reported %s"
              .formatted(report.id(), knownEpoch, epoch));
    }
    if (report.term() != 0 && report.term() < known.term()) {
      return new Stale(
          "Region %d is known at term %d, newer than the reported %d"
              .formatted(report.id(), known.term(), report.term()));
    }
    return null;
  }

  private static boolean isChanged(RegionInfo known, RegionInfo report) {
    return !known.region().equals(report.region())
        || known.leader() == null
        || !known.leader().equals(report.leader());
  }

  private void replace(RegionInfo known, RegionInfo report) {
    pieceByStart.put(report.region().range().start(), new Piece(report.region().range(), report));
    forget(known);
    remember(report);
  }

  /** Returns the Regions that are no longer current, apart from an older form of this one. */
  private List<RegionInfo> cutIn(RegionInfo report, List<Piece> overlapped) {
    divisions++;
    KeyRange range = report.region().range();
    List<RegionInfo> removed = new ArrayList<>();
    for (Piece piece : overlapped) {
      pieceByStart.remove(piece.keys.start());
      if (isCurrent(piece.region)) {
        forget(piece.region);
        if (piece.region.id() != report.id()) {
          removed.add(piece.region);
        }
      }
      keepOutside(piece, range);
    }
    RegionInfo elsewhere = currentById.get(report.id());
    if (elsewhere != null) {
      forget(elsewhere); // its whole range moved: the old place keeps it as an answer
    }
    pieceByStart.put(range.start(), new Piece(range, report));
    remember(report);
    return removed;
  }

  private void keepOutside(Piece piece, KeyRange range) {
    if (piece.keys.start().compareTo(range.start()) < 0) {
      KeyRange left = new KeyRange(piece.keys.start(), range.start());
      pieceByStart.put(left.start(), new Piece(left, piece.region));
    }
    if (!range.end().isEmpty() && piece.keys.isBelowEnd(range.end())) {
      KeyRange right = new KeyRange(range.end(), piece.keys.end());
      pieceByStart.put(right.start(), new Piece(right, piece.region));
    }
  }

  private List<Piece> overlapping(KeyRange range) {
    List<Piece> found = new ArrayList<>();
    Bytes from = pieceByStart.floorKey(range.start());
    for (Piece piece : pieceByStart.tailMap(from == null ? range.start() : from, true).values()) {
      if (!range.isBelowEnd(piece.keys.start())) {
        break;
      }
      if (piece.keys.overlaps(range)) {
        found.add(piece);
      }
    }
    return found;
  }

  private void remember(RegionInfo region) {
    RegionInfo before = currentById.put(region.id(), region);
    check(before == null, "Region %d is current twice", region.id());
    for (Peer peer : region.region().peers()) {
      share(peer.storeId()).peers++;
    }
    if (region.leader() != null) {
      share(region.leader().storeId()).leaders++;
    }
  }

  private void forget(RegionInfo region) {
    currentById.remove(region.id());
    for (Peer peer : region.region().peers()) {
      share(peer.storeId()).peers--;
    }
    if (region.leader() != null) {
      share(region.leader().storeId()).leaders--;
    }
  }

  private StoreShare share(long storeId) {
    return shareByStoreId.computeIfAbsent(storeId, id -> new StoreShare());
  }

  /** The Region to ask about {@code key}; null only while nothing covers it. */
  public @Nullable RegionInfo find(Bytes key) {
    Piece piece = pieceAt(key);
    return piece == null ? null : piece.region;
  }

  /** The Region that ends where the one with {@code key} begins; null at the first one. */
  public @Nullable RegionInfo previous(Bytes key) {
    Piece piece = pieceAt(key);
    if (piece == null) {
      return null;
    }
    Map.Entry<Bytes, Piece> lower = pieceByStart.lowerEntry(piece.keys.start());
    if (lower == null || !lower.getValue().keys.end().equals(piece.keys.start())) {
      return null;
    }
    return lower.getValue().region;
  }

  private @Nullable Piece pieceAt(Bytes key) {
    Map.Entry<Bytes, Piece> floor = pieceByStart.floorEntry(key);
    return floor == null || !floor.getValue().keys.isBelowEnd(key) ? null : floor.getValue();
  }

  /** The current Region of this id. */
  public @Nullable RegionInfo byId(long regionId) {
    return currentById.get(regionId);
  }

  /** Whether {@code region} is what is known of its id, and not a remainder. */
  public boolean isCurrent(RegionInfo region) {
    return region.equals(currentById.get(region.id()));
  }

  /** At most {@code limit} Regions that cover {@code range} in order, each once. */
  public RegionScan scan(KeyRange range, int limit) {
    List<RegionInfo> regions = new ArrayList<>();
    Bytes reached = range.start();
    boolean gapless = true;
    Bytes from = pieceByStart.floorKey(range.start());
    for (Piece piece : pieceByStart.tailMap(from == null ? range.start() : from, true).values()) {
      if (!range.isBelowEnd(piece.keys.start())) {
        break;
      }
      if (!piece.keys.isBelowEnd(range.start())) {
        continue; // the floor piece may end before the range
      }
      // Only a remainder can come twice: on both sides of what was cut into it.
      boolean first = isCurrent(piece.region) || !regions.contains(piece.region);
      if (first && regions.size() == limit) {
        return new RegionScan(regions, gapless);
      }
      gapless &= piece.keys.start().compareTo(reached) <= 0;
      if (first) {
        regions.add(piece.region);
      }
      reached = piece.keys.end();
      if (reached.isEmpty()) {
        return new RegionScan(regions, gapless);
      }
    }
    return new RegionScan(
        regions, gapless && !range.end().isEmpty() && reached.compareTo(range.end()) >= 0);
  }

  /** At most {@code limit} current Regions whose start is at or above {@code start}. */
  public List<RegionInfo> currentFrom(Bytes start, int limit) {
    List<RegionInfo> regions = new ArrayList<>();
    for (Piece piece : pieceByStart.tailMap(start, true).values()) {
      if (regions.size() == limit) {
        break;
      }
      if (isCurrent(piece.region)) {
        regions.add(piece.region);
      }
    }
    return regions;
  }

  /** How many Regions are current. */
  public int size() {
    return currentById.size();
  }

  /** Changes whenever the key space is divided among Regions otherwise than before. */
  public long divisions() {
    return divisions;
  }

  /** How many peers of current Regions are on this store. */
  public int peersOnStore(long storeId) {
    StoreShare share = shareByStoreId.get(storeId);
    return share == null ? 0 : share.peers;
  }

  /** How many current Regions are led from this store. */
  public int leadersOnStore(long storeId) {
    StoreShare share = shareByStoreId.get(storeId);
    return share == null ? 0 : share.leaders;
  }
}
