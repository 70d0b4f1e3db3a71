package dev.terrane.pd;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.region.RegionTree;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepd.RegionList;
import dev.terrane.proto.terranepd.RegionRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cache of Regions on a member's disk, in chunks of neighbouring ids: what changes is written
 * with its chunk, a bounded much at a time, so neither a write nor a second's work grows with the
 * number of Regions.
 *
 * <p>Ids rise as they are handed out, to Regions and to what else needs one, so a chunk has a part
 * of its ids as Regions. The log keeps what is on the disk in memory, too: about 100 bytes a
 * Region, a fifth of what the tree takes for it.
 *
 * <p>Chunks are of different moments. Where they contradict each other epochs decide when they are
 * taken in, as they do for reports. Confined to the member's thread.
 */
final class RegionCache {
  private static final int FORMAT_VERSION = 1;
  private static final int IDS_PER_CHUNK = 256;
  private static final int BYTES_PER_WRITE_MAX = 256 << 10;
  private static final int CHUNKS_PER_WRITE_MAX = 64;

  private final RegionTree regions;
  private final Set<Long> dirty = new LinkedHashSet<>();

  RegionCache(RegionTree regions) {
    this.regions = regions;
  }

  /** The Region of this id is not what it was, or no more. */
  void changed(long regionId) {
    dirty.add(Long.divideUnsigned(regionId, IDS_PER_CHUNK));
  }

  boolean isDirty() {
    return !dirty.isEmpty();
  }

  /** What is to be written next: chunks by their numbers; empty ones have nothing left. */
  Map<Long, Bytes> next() {
    Map<Long, Bytes> next = new LinkedHashMap<>();
    Iterator<Long> numbers = dirty.iterator();
    int bytes = 0;
    while (numbers.hasNext() && next.size() < CHUNKS_PER_WRITE_MAX && bytes < BYTES_PER_WRITE_MAX) {
      long number = numbers.next();
      numbers.remove();
      Bytes chunk = encode(number);
      bytes += chunk.length();
      next.put(number, chunk);
    }
    return next;
  }

  private Bytes encode(long number) {
    RegionList.Builder list = RegionList.newBuilder().setFormatVersion(FORMAT_VERSION);
    for (int i = 0; i < IDS_PER_CHUNK; i++) {
      RegionInfo region = regions.byId(number * IDS_PER_CHUNK + i);
      if (region != null) {
        list.addRegions(record(region));
      }
    }
    return list.getRegionsCount() == 0
        ? Bytes.EMPTY
        : ProtoBytes.toBytes(list.build().toByteString());
  }

  /** What {@link #next} wrote; nothing of another format. */
  static List<RegionRecord> decode(Bytes chunk) {
    try {
      RegionList list = RegionList.parseFrom(ProtoBytes.toByteString(chunk));
      return list.getFormatVersion() == FORMAT_VERSION ? list.getRegionsList() : List.of();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("PD's cache of Regions is malformed", e);
    }
  }

  static RegionRecord record(RegionInfo region) {
    Peer leader = region.leader();
    return RegionRecord.newBuilder()
        .setRegion(ProtoRegions.toProto(region.region()))
        .setLeaderPeerId(leader == null ? 0 : leader.id())
        .setTerm(region.term())
        .build();
  }
}
