package dev.terrane.cli.data;

import dev.terrane.client.KeyValue;
import dev.terrane.client.RawClient;
import dev.terrane.client.RawScan;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Puts statements to a cluster. */
public final class Keys {
  private static final int PAGE_MAX = 1_024;

  private final RawClient client;

  public Keys(RawClient client) {
    this.client = client;
  }

  /**
   * Does what {@code statement} says.
   *
   * @throws dev.terrane.client.ClientException if the cluster does not; for a scan perhaps only
   *     when its entries are taken
   */
  public Answer ask(Statement statement) {
    return switch (statement) {
      case Statement.Get get -> new Answer.Value(client.get(get.key()));
      case Statement.Put put -> {
        client.put(put.key(), put.value(), put.ttl());
        yield new Answer.Done();
      }
      case Statement.Delete delete -> {
        client.delete(delete.key());
        yield new Answer.Done();
      }
      case Statement.Scan scan -> new Answer.Entries(entries(scan));
      case Statement.Ttl ttl -> new Answer.Lifetime(client.ttl(ttl.key()));
      case Statement.Cas cas ->
          new Answer.Swap(
              client.compareAndSwap(cas.key(), Optional.ofNullable(cas.expected()), cas.value()));
    };
  }

  private Iterator<KeyValue> entries(Statement.Scan scan) {
    Iterator<KeyValue> all =
        client.scanAll(
            new RawScan(
                scan.range(), Math.min(scan.limit(), PAGE_MAX), scan.keysOnly(), scan.reverse()));
    if (scan.limit() == Statement.Scan.ALL) {
      return all;
    }
    Stream<KeyValue> stream =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, Spliterator.ORDERED), false);
    return stream.limit(scan.limit()).iterator();
  }
}
