package dev.terrane.client;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.List;
import java.util.Optional;

/**
 * A Region as PD knows it.
 *
 * @param region with bounds as PD has them: the keys themselves in a raw cluster of version 1,
 *     memcomparable encodings otherwise
 * @param down peers that their leader has not heard of for some time
 * @param pending peers that lag behind
 */
public record RegionInfo(
    Region region, Optional<Peer> leader, List<Peer> down, List<Peer> pending) {
  public RegionInfo {
    down = List.copyOf(down);
    pending = List.copyOf(pending);
  }
}
