package dev.terrane.pd;

import dev.terrane.proto.metapb.Region;
import org.jspecify.annotations.Nullable;

/**
 * What PD takes in of a Region that somebody reports. It keeps all of them in memory, and whoever
 * reaches the port can report.
 */
final class RegionBounds {
  /** The longest key that a client can write, and what the store adds to it. */
  private static final int KEY_BYTES_MAX = (64 << 10) + 1024;

  private static final int PEERS_MAX = 64;

  private RegionBounds() {}

  /** Why {@code region} is too large to be true; null if it is not. */
  static @Nullable String tooLarge(Region region) {
    int keyBytes = Math.max(region.getStartKey().size(), region.getEndKey().size());
    if (keyBytes > KEY_BYTES_MAX) {
      return "Region %d ends or begins at a key of %d bytes, more than the limit of %d"
          .formatted(region.getId(), keyBytes, KEY_BYTES_MAX);
    }
    return region.getPeersCount() > PEERS_MAX
        ? "Region %d has %d peers, more than the limit of %d"
            .formatted(region.getId(), region.getPeersCount(), PEERS_MAX)
        : null;
  }
}
