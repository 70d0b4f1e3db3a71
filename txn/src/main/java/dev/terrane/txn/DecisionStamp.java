package dev.terrane.txn;

import dev.terrane.common.region.RegionEpoch;

/**
 * Under which leadership a decision's data was read. What was decided is proposed only while the
 * same peer still leads in the same term and the Region's epoch is unchanged; otherwise somebody
 * else may have written meanwhile.
 */
public record DecisionStamp(long term, RegionEpoch epoch, long peerId) {}
