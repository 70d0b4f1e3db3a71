package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whoever asks for next to nothing, or for too much, hears first that the Region is elsewhere. */
class RouteFirstTest {
  private static final RegionError ELSEWHERE = new RegionError.RegionNotFound(2);
  private static final Bytes KEY = Bytes.ofUtf8("key");

  private final RawFixture raw = new RawFixture(ApiVersion.V1);

  private <T> void assertRoutedFirst(Consumer<RawReply<T>> command) {
    raw.storage.routeIsWrong(ELSEWHERE);
    assertThat(raw.run(command).error()).isEqualTo(ELSEWHERE);
    raw.storage.routeIsWrong(null);
    RawFixture.Outcome<T> routed = raw.run(command);
    assertThat(routed.error()).isNotEqualTo(ELSEWHERE);
    assertThat(raw.storage.proposals()).isZero();
    assertThat(raw.storage.openReaders()).isZero();
  }

  @Test
  void requestsForNothing() {
    RawContext context = raw.context;
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    this.<List<RawPair>>assertRoutedFirst(
        reply -> raw.commands.batchGet(context, List.of(), PairsList.of(reply)));
    this.<List<RawPair>>assertRoutedFirst(
        reply -> raw.commands.scan(context, all, 0, false, false, PairsList.of(reply)));
    this.<List<RawPair>>assertRoutedFirst(
        reply -> raw.commands.batchScan(context, List.of(), 9, false, false, PairsList.of(reply)));
    this.<ChecksumAnswer>assertRoutedFirst(
        reply -> raw.commands.checksum(context, 0, List.of(), reply));
    this.<Done>assertRoutedFirst(
        reply -> raw.commands.batchPut(context, List.of(), List.of(), reply));
    this.<Done>assertRoutedFirst(reply -> raw.commands.batchDelete(context, List.of(), reply));
    this.<Done>assertRoutedFirst(reply -> raw.commands.deleteRange(context, KEY, KEY, reply));
  }

  @Test
  void requestsForTooMuch() {
    RawPair large = new RawPair(KEY, Bytes.wrap(new byte[(8 << 20) + 1]));
    List<Bytes> keys = Collections.nCopies(513, Bytes.wrap(new byte[64 << 10]));
    RawContext context = raw.context;
    this.<Done>assertRoutedFirst(reply -> raw.commands.put(context, large, 0, reply));
    this.<Done>assertRoutedFirst(
        reply -> raw.commands.batchPut(context, List.of(large), List.of(), reply));
    this.<CompareAndSwapAnswer>assertRoutedFirst(
        reply -> raw.commands.compareAndSwap(context, large, null, 0, reply));
    this.<Done>assertRoutedFirst(reply -> raw.commands.batchDelete(context, keys, reply));
  }

  @Test
  void aWriteOfNothingIsTheLeadersAllTheSame() {
    raw.storage.leads(false);
    assertThat(
            raw.<Done>run(reply -> raw.commands.batchDelete(raw.context, List.of(), reply)).error())
        .isInstanceOf(RegionError.NotLeader.class);
  }
}
