package dev.terrane.engine;

import dev.terrane.common.Bytes;
import java.nio.ByteBuffer;

/** The value of a row that is being looked at, for whoever decides where it is to be. */
public interface RowValue {
  /** The value, in the heap. The result outlives the row. */
  Bytes value();

  /**
   * Copies the value, or as much of it as {@code target} has room for, to where {@code target}
   * stands, and sets its limit behind that.
   *
   * @param target a direct buffer
   * @return how long the whole value is
   */
  int copyValue(ByteBuffer target);
}
