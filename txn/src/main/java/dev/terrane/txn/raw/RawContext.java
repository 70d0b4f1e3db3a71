package dev.terrane.txn.raw;

import dev.terrane.common.region.RegionContext;
import dev.terrane.txn.ReadMode;
import org.jspecify.annotations.Nullable;

/**
 * What every raw request carries beside its keys. {@code apiVersion} is null when the request names
 * one that is not known; an empty {@code columnFamily} means the default one.
 */
public record RawContext(
    RegionContext region,
    ReadMode readMode,
    @Nullable ApiVersion apiVersion,
    String columnFamily) {}
