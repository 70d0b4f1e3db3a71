package dev.terrane.txn.raw;

import dev.terrane.common.Invariant;
import dev.terrane.common.region.RegionContext;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.ReadMode;
import org.jspecify.annotations.Nullable;

/**
 * What every raw request carries beside its keys. {@code apiVersion} is null when the request names
 * one that is not known; an empty {@code columnFamily} means the default one.
 *
 * @param maxExecutionMillis how long it may be worked on, unsigned; 0 for as long as it takes
 */
public record RawContext(
    RegionContext region,
    ReadMode readMode,
    @Nullable ApiVersion apiVersion,
    String columnFamily,
    long maxExecutionMillis) {
  /** May be worked on for as long as it takes. */
  public RawContext(
      RegionContext region,
      ReadMode readMode,
      @Nullable ApiVersion apiVersion,
      String columnFamily) {
    this(region, readMode, apiVersion, columnFamily, 0);
  }

  /** By its name, or null if raw keys are in no family of that name. */
  static @Nullable ColumnFamily family(String name) {
    if (name.isEmpty()) {
      return ColumnFamily.DEFAULT;
    }
    for (ColumnFamily family : ColumnFamily.DATA) {
      if (family.familyName().equals(name)) {
        return family;
      }
    }
    return null;
  }

  /** Of a context that {@link RawChecks} has passed. */
  ColumnFamily family() {
    ColumnFamily family = family(columnFamily);
    if (family == null) {
      throw Invariant.violated("column family \"%s\" has passed the checks", columnFamily);
    }
    return family;
  }
}
