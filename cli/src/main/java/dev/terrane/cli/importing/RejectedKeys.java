package dev.terrane.cli.importing;

import dev.terrane.common.Bytes;
import java.util.BitSet;

/**
 * Which keys have an entry among the rejected ones, in half a mebibyte however many there are: some
 * others seem to be, and none of them seems not to be.
 *
 * <p>Confined to whoever holds the importer's lock.
 */
final class RejectedKeys {
  private static final int BITS = 22;

  private final BitSet marked = new BitSet();

  void add(Bytes key) {
    marked.set(place(key));
  }

  boolean mayContain(Bytes key) {
    return marked.get(place(key));
  }

  private static int place(Bytes key) {
    return (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - BITS);
  }
}
