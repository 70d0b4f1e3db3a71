package dev.terrane.store;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;

/** When a membership shows that a peer was removed (design, 5.8). */
final class Removal {
  private Removal() {}

  /**
   * Whether {@code shown}, a membership that was applied somewhere, lacks the peer because it was
   * removed, and not because it is to be added yet: it is newer than what the peer knows, or it has
   * on the peer's store a later one. Ids are given in order, and a store has one peer of a Region.
   *
   * @param confVer as the peer knows it; 0 if it knows none
   */
  static boolean isShownBy(Region shown, long peerId, long storeId, long confVer) {
    if (shown.peer(peerId) != null) {
      return false;
    }
    Peer there = shown.peerOnStore(storeId);
    return (confVer != 0 && shown.epoch().confVer() > confVer)
        || (there != null && there.id() > peerId);
  }
}
