package dev.terrane.engine;

import java.util.List;

/**
 * The separately sorted parts of one engine. A {@link WriteBatch} changes several of them at once.
 *
 * <p>The first three hold data and are what a snapshot of a Region carries; {@link #REGION} holds
 * what a store must know about its own Regions and never leaves it.
 */
public enum ColumnFamily {
  /** Raw values, and the values of transactions that are too long for a write record. */
  DEFAULT("default"),
  /** Locks of running transactions. */
  LOCK("lock"),
  /** Write records: which transaction committed a key, and when. */
  WRITE("write"),
  /** Region states and applied indexes of this store (TiKV keeps them in a family called raft). */
  REGION("region");

  /** The families that hold clients' data, in the order in which files are ingested. */
  public static final List<ColumnFamily> DATA = List.of(DEFAULT, LOCK, WRITE);

  /** Every family. */
  public static final List<ColumnFamily> ALL = List.of(values());

  private final String familyName;

  ColumnFamily(String familyName) {
    this.familyName = familyName;
  }

  /** The name on disk and in messages. */
  public String familyName() {
    return familyName;
  }
}
