package dev.terrane.client;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Reads a range page by page. Confined to one thread. */
final class ScanPages implements Iterator<KeyValue> {
  private final RawClient client;
  private final RawScan scan;
  private KeyRange left;
  private List<KeyValue> page = List.of();
  private int next;
  private boolean last;

  ScanPages(RawClient client, RawScan scan) {
    if (scan.limit() == 0) {
      throw new InvalidArgumentException("a page of a scan needs a limit above 0");
    }
    this.client = client;
    this.scan = scan;
    this.left = scan.range();
  }

  @Override
  public boolean hasNext() {
    if (next == page.size() && !last) {
      page = client.scan(new RawScan(left, scan.limit(), scan.keysOnly(), scan.reverse()));
      next = 0;
      last = page.size() < scan.limit();
      if (!last) {
        Bytes reached = page.get(page.size() - 1).key();
        left =
            scan.reverse()
                ? new KeyRange(left.start(), reached)
                : new KeyRange(reached.successor(), left.end());
        // Below the empty key there is nothing, though an empty end would mean no bound.
        last = scan.reverse() && reached.isEmpty();
      }
    }
    return next < page.size();
  }

  @Override
  public KeyValue next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the scan has ended");
    }
    return page.get(next++);
  }
}
