package dev.terrane.engine.log;

import dev.terrane.common.region.RegionEpoch;

/**
 * What remains of a destroyed peer: messages for this or an older peer of the Region must not
 * revive it, whatever the ordered storage still says. It stays while a newer peer of the same
 * Region lives, until the next destruction replaces it or it is forgotten.
 */
public record Tombstone(RegionEpoch epoch, long peerId) {}
