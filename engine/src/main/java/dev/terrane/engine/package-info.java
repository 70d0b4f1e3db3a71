/**
 * Ordered storage with column families: one interface, {@link dev.terrane.engine.KvEngine}, with
 * two implementations that pass one contract test: on disk in {@code engine.rocks}, the only code
 * that sees RocksDB, and in memory in {@code engine.memory}, which at a crash does its worst within
 * the contract.
 *
 * <p>The Raft log that all Regions of a store share is in {@code engine.log}.
 */
@NullMarked
package dev.terrane.engine;

import org.jspecify.annotations.NullMarked;
