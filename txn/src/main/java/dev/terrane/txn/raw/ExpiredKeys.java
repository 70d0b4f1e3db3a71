package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.MutationsBuilder;

/** The expired values that one read has met, up to a bound. Confined to the read's thread. */
final class ExpiredKeys {
  private static final int KEYS_MAX = 64;

  private final ColumnFamily family;
  private final MutationsBuilder deletions = new MutationsBuilder();
  private final KeySpan span = new KeySpan();
  private int count;

  ExpiredKeys(ColumnFamily family) {
    this.family = family;
  }

  void add(Bytes engineKey, Bytes expirySuffix) {
    if (count < KEYS_MAX) {
      deletions.deleteIfEndsWith(family, engineKey, expirySuffix);
      span.add(engineKey);
      count++;
    }
  }

  void handTo(ExpiryCleaner cleaner, RegionContext region) {
    KeyRange keys = span.range();
    cleaner.propose(region, keys, deletions.build());
  }
}
