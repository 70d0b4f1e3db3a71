package dev.terrane.bench.parts;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.Mutations;
import org.openjdk.jmh.infra.Blackhole;

/** Takes note of changes, so that reading them is not optimised away. */
record Consumed(Blackhole hole) implements Mutations.Visitor {
  @Override
  public void put(ColumnFamily family, Bytes key, Bytes value) {
    hole.consume(key);
    hole.consume(value);
  }

  @Override
  public void delete(ColumnFamily family, Bytes key) {
    hole.consume(key);
  }

  @Override
  public void deleteRange(ColumnFamily family, KeyRange range) {
    hole.consume(range);
  }

  @Override
  public void deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix) {
    hole.consume(key);
  }
}
