package dev.terrane.txn;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;

/**
 * A Region that has data on this store, as it was when it was asked for.
 *
 * @param context by which its peer here is reached
 * @param leads whether that peer leads, as far as it knows
 */
public record LocalRegion(RegionContext context, KeyRange range, boolean leads) {}
