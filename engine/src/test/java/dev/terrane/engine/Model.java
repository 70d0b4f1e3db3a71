package dev.terrane.engine;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** What an engine should hold, kept in the plainest way. */
final class Model {
  private final Map<ColumnFamily, NavigableMap<Bytes, Bytes>> families =
      new EnumMap<>(ColumnFamily.class);

  Model() {
    for (ColumnFamily family : ColumnFamily.ALL) {
      families.put(family, new TreeMap<>());
    }
  }

  NavigableMap<Bytes, Bytes> of(ColumnFamily family) {
    return Objects.requireNonNull(families.get(family));
  }

  Model copy() {
    Model copy = new Model();
    for (ColumnFamily family : ColumnFamily.ALL) {
      copy.of(family).putAll(of(family));
    }
    return copy;
  }

  NavigableMap<Bytes, Bytes> in(ColumnFamily family, KeyRange range) {
    if (range.isEmpty()) {
      return new TreeMap<>();
    }
    NavigableMap<Bytes, Bytes> from = of(family).tailMap(range.start(), true);
    return range.end().isEmpty() ? from : from.headMap(range.end(), false);
  }

  void apply(WriteBatch batch) {
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(ColumnFamily family, Bytes key, Bytes value) {
            of(family).put(key, value);
          }

          @Override
          public void delete(ColumnFamily family, Bytes key) {
            of(family).remove(key);
          }

          @Override
          public void deleteRange(ColumnFamily family, KeyRange range) {
            in(family, range).clear();
          }
        });
  }

  /** Everything that {@code reader} holds, by walking it. */
  static Model read(KvReader reader) {
    Model model = new Model();
    for (ColumnFamily family : ColumnFamily.ALL) {
      try (Cursor cursor = reader.cursor(family, KeyRange.ALL)) {
        for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
          model.of(family).put(cursor.key(), cursor.value());
        }
      }
    }
    return model;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Model that && families.equals(that.families);
  }

  @Override
  public int hashCode() {
    return families.hashCode();
  }

  @Override
  public String toString() {
    return families.toString();
  }
}
