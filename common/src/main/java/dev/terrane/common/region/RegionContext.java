package dev.terrane.common.region;

/**
 * By which knowledge of a Region a request was routed. {@code term} is 0 when the client does not
 * know it.
 */
public record RegionContext(
    long regionId, RegionEpoch epoch, long peerId, long storeId, long term) {}
