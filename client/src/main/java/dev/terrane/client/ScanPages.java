package dev.terrane.client;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Reads a range page by page, each of about as many bytes whatever the values are: it begins with a
 * few entries, and takes more the next time if those were small. Confined to one thread.
 */
final class ScanPages implements Iterator<KeyValue> {
  private static final int FIRST_PAGE = 4;
  private static final long PAGE_BYTES = 4 << 20;

  private final RawClient client;
  private final RawScan scan;
  private KeyRange left;
  private List<KeyValue> page = List.of();
  private int next;
  private int limit;
  private boolean last;

  ScanPages(RawClient client, RawScan scan) {
    if (scan.limit() == 0) {
      throw new InvalidArgumentException("a page of a scan needs a limit above 0");
    }
    this.client = client;
    this.scan = scan;
    this.left = scan.range();
    this.limit = Math.min(FIRST_PAGE, scan.limit());
  }

  @Override
  public boolean hasNext() {
    if (next == page.size() && !last) {
      page = List.of(); // let go before the next one is read
      page = client.scan(new RawScan(left, limit, scan.keysOnly(), scan.reverse()));
      next = 0;
      last = page.size() < limit;
      if (!last) {
        Bytes reached = page.get(page.size() - 1).key();
        left =
            scan.reverse()
                ? new KeyRange(left.start(), reached)
                : new KeyRange(reached.successor(), left.end());
        limit = nextLimit();
        // Below the empty key there is nothing, though an empty end would mean no bound.
        last = scan.reverse() && reached.isEmpty();
      }
    }
    return next < page.size();
  }

  /** As many as fill a page if they are like those in this one, but no leap. */
  private int nextLimit() {
    long bytes = 0;
    for (KeyValue pair : page) {
      bytes += pair.key().length() + pair.value().length();
    }
    long pairBytes = Math.max(1, bytes / page.size());
    long fitting = Math.max(1, PAGE_BYTES / pairBytes);
    return (int) Math.min(scan.limit(), Math.min(fitting, 2L * limit));
  }

  @Override
  public KeyValue next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the scan has ended");
    }
    return page.get(next++);
  }
}
