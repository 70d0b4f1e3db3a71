package dev.terrane.common;

/**
 * The keys {@code start <= key < end}. An empty {@code start} is below every key; an empty {@code
 * end} is above every key.
 */
public record KeyRange(Bytes start, Bytes end) {
  /** Every key. */
  public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, Bytes.EMPTY);

  public boolean contains(Bytes key) {
    return start.compareTo(key) <= 0 && isBelowEnd(key);
  }

  /** Whether {@code key} lies below the end of this range, wherever the range starts. */
  public boolean isBelowEnd(Bytes key) {
    return end.isEmpty() || key.compareTo(end) < 0;
  }

  public boolean contains(KeyRange other) {
    return start.compareTo(other.start) <= 0
        && (end.isEmpty() || (!other.end.isEmpty() && other.end.compareTo(end) <= 0));
  }

  public boolean overlaps(KeyRange other) {
    return isBelowEnd(other.start) && other.isBelowEnd(start);
  }

  /** Whether no key lies in this range. */
  public boolean isEmpty() {
    return !end.isEmpty() && start.compareTo(end) >= 0;
  }

  /** The keys that are in both ranges; may be empty. */
  public KeyRange intersect(KeyRange other) {
    Bytes from = start.compareTo(other.start) >= 0 ? start : other.start;
    Bytes to;
    if (end.isEmpty()) {
      to = other.end;
    } else if (other.end.isEmpty()) {
      to = end;
    } else {
      to = end.compareTo(other.end) <= 0 ? end : other.end;
    }
    return new KeyRange(from, to);
  }

  @Override
  public String toString() {
    return "[" + start + ", " + (end.isEmpty() ? "+inf" : end) + ")";
  }
}
