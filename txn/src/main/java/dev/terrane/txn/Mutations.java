package dev.terrane.txn;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.engine.ColumnFamily;

/**
 * An ordered list of changes to engine keys, encoded once: the same bytes travel in the log, on the
 * wire and to the applier. The layout is in the package's documentation.
 *
 * <p>Immutable, so it may cross threads.
 */
public final class Mutations {
  /** The newest layout, and the only one so far. */
  static final int FORMAT = 1;

  private static final ColumnFamily[] FAMILY_BY_ID = {
    ColumnFamily.DEFAULT, ColumnFamily.LOCK, ColumnFamily.WRITE
  };

  private final Bytes encoded;

  private Mutations(Bytes encoded) {
    this.encoded = encoded;
  }

  /** Receives changes in order. Keys and values share the bytes of the encoded form. */
  public interface Visitor {
    void put(ColumnFamily family, Bytes key, Bytes value);

    void delete(ColumnFamily family, Bytes key);

    /** Removes every key of {@code range}. */
    void deleteRange(ColumnFamily family, KeyRange range);

    /** Removes {@code key} if, when this change is applied, its value ends with {@code suffix}. */
    void deleteIfEndsWith(ColumnFamily family, Bytes key, Bytes suffix);
  }

  /** The one change of setting {@code key} to {@code value}. */
  public static Mutations put(ColumnFamily family, Bytes key, Bytes value) {
    return new MutationsBuilder(MutationsBuilder.changeBytes(key, value))
        .put(family, key, value)
        .build();
  }

  /** The one change of removing {@code key}. */
  public static Mutations delete(ColumnFamily family, Bytes key) {
    return new MutationsBuilder(MutationsBuilder.changeBytes(key, Bytes.EMPTY))
        .delete(family, key)
        .build();
  }

  /** The one change of removing all keys of {@code range}. */
  public static Mutations deleteRange(ColumnFamily family, KeyRange range) {
    return new MutationsBuilder(MutationsBuilder.changeBytes(range.start(), range.end()))
        .deleteRange(family, range)
        .build();
  }

  static Mutations built(Bytes encoded) {
    return new Mutations(encoded);
  }

  /**
   * Takes back what {@link #encoded} gave. The changes themselves are read by {@link #forEach}.
   *
   * @throws IllegalArgumentException if the layout is one that this release does not know
   */
  public static Mutations decode(Bytes encoded) {
    int format = encoded.isEmpty() ? 0 : encoded.at(0);
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "mutations of format " + format + "; this release knows only " + FORMAT);
    }
    return new Mutations(encoded);
  }

  public Bytes encoded() {
    return encoded;
  }

  /** Whether nothing is put. Reads all of it. */
  public boolean onlyDelete() {
    int position = 1;
    while (position < encoded.length()) {
      int kind = encoded.at(position++) >> 4;
      if (kind == MutationsBuilder.PUT) {
        return false;
      }
      Reader reader = new Reader(encoded, position);
      reader.bytes();
      if (kind != MutationsBuilder.DELETE) {
        reader.bytes();
      }
      position = reader.position;
    }
    return true;
  }

  /** Shows every change to {@code visitor}, in order. */
  public void forEach(Visitor visitor) {
    Walk walk = walk();
    while (walk.next(visitor)) {
      // until the last
    }
  }

  /** From the first change on, in steps. */
  public Walk walk() {
    return new Walk(encoded);
  }

  /** Shows one change after the other, so that many can be taken in turns. For one thread. */
  public static final class Walk {
    private final Bytes encoded;
    private int position = 1;

    private Walk(Bytes encoded) {
      this.encoded = encoded;
    }

    /** One that goes on from here by itself. */
    public Walk copy() {
      Walk copy = new Walk(encoded);
      copy.position = position;
      return copy;
    }

    public boolean hasNext() {
      return position < encoded.length();
    }

    /**
     * Shows the next change; false if there is none. If the visitor throws, it is shown again the
     * next time.
     */
    public boolean next(Visitor visitor) {
      if (!hasNext()) {
        return false;
      }
      Reader reader = new Reader(encoded, position);
      int head = encoded.at(reader.position++);
      int familyId = head & 0xf;
      Invariant.check(familyId < FAMILY_BY_ID.length, "mutation of column family %d", familyId);
      ColumnFamily family = FAMILY_BY_ID[familyId];
      Bytes key = reader.bytes();
      switch (head >> 4) {
        case MutationsBuilder.PUT -> visitor.put(family, key, reader.bytes());
        case MutationsBuilder.DELETE -> visitor.delete(family, key);
        case MutationsBuilder.DELETE_RANGE ->
            visitor.deleteRange(family, new KeyRange(key, reader.bytes()));
        case MutationsBuilder.DELETE_IF_ENDS_WITH ->
            visitor.deleteIfEndsWith(family, key, reader.bytes());
        default -> throw Invariant.violated("mutation of kind %d", head >> 4);
      }
      position = reader.position;
      return true;
    }
  }

  /** The number that stands for {@code family} in the encoded form. */
  static int familyId(ColumnFamily family) {
    return switch (family) {
      case DEFAULT -> 0;
      case LOCK -> 1;
      case WRITE -> 2;
      case REGION -> throw Invariant.violated("a command writes to the store's own column family");
    };
  }

  private static final class Reader {
    private final Bytes encoded;
    private int position;

    Reader(Bytes encoded, int position) {
      this.encoded = encoded;
      this.position = position;
    }

    Bytes bytes() {
      int length = 0;
      int shift = 0;
      byte next;
      do {
        Invariant.check(
            position < encoded.length() && shift < 32, "mutations cut off at byte %d", position);
        next = encoded.at(position++);
        length |= (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      Invariant.check(
          length >= 0 && length <= encoded.length() - position,
          "mutation of %d bytes at %d of %d",
          length,
          position,
          encoded.length());
      Bytes bytes = encoded.slice(position, length);
      position += length;
      return bytes;
    }
  }
}
