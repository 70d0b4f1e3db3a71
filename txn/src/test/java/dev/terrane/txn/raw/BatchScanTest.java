package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several scans in one request. */
class BatchScanTest {
  private final RawFixture raw = new RawFixture(ApiVersion.V1);

  @BeforeEach
  void putKeys() {
    for (char key = 'a'; key <= 'f'; key++) {
      raw.put(Bytes.of(key), Bytes.of(key), 0);
    }
  }

  private static ScanRange range(String start, String end) {
    return new ScanRange(Bytes.ofUtf8(start), Bytes.ofUtf8(end));
  }

  private RawFixture.Outcome<List<RawPair>> scan(
      long limitOfEach, boolean reverse, List<ScanRange> ranges) {
    return raw.run(reply ->
        raw.commands.batchScan(
            raw.context, ranges, limitOfEach, false, reverse, PairsList.of(reply)));
  }

  private String keys(boolean reverse, ScanRange... ranges) {
    List<RawPair> rows = scan(9, reverse, List.of(ranges)).value();
    StringBuilder keys = new StringBuilder();
    if (rows != null) {
      rows.forEach(row -> keys.append(row.key().toUtf8()));
    }
    return keys.toString();
  }

  @Test
  void theLimitIsOfEachRangeNotOfAllTogether() {
    List<ScanRange> many = Collections.nCopies(40, range("a", "c"));
    assertThat(scan(10_240, false, many).value()).hasSize(80);
    assertThat(scan(1, false, many).value()).hasSize(40);
    assertThat(scan(10_241, false, many).rejection())
        .isEqualTo(new RawRejection.LimitTooLarge(10_241, 10_240));
    List<ScanRange> tooMany = Collections.nCopies(10_241, range("a", "c"));
    assertThat(scan(1, false, tooMany).rejection())
        .isEqualTo(new RawRejection.TooManyRanges(10_241, 10_240));
  }

  @Test
  void anEmptyEndIsTheNextRangesStart() {
    assertThat(keys(false, range("a", ""), range("c", ""), range("e", ""))).isEqualTo("abcdef");
    assertThat(keys(true, range("f", ""), range("d", ""), range("b", ""))).isEqualTo("edcba");
    assertThat(keys(false, range("e", "f"), range("a", "c"))).isEqualTo("eab");
  }

  @Test
  void aRangeThatLeadsNowhereIsRejectedRatherThanLeftOut() {
    for (ScanRange next : List.of(range("c", "d"), range("b", "d"), range("", "b"))) {
      assertThat(scan(9, false, List.of(range("c", ""), next)).rejection())
          .isEqualTo(next.start().isEmpty() ? null : new RawRejection.RangeEndsBeforeItStarts());
    }
    assertThat(scan(9, false, List.of(range("c", "b"))).rejection())
        .isEqualTo(new RawRejection.RangeEndsBeforeItStarts());
    assertThat(scan(9, true, List.of(range("b", "c"))).rejection())
        .isEqualTo(new RawRejection.RangeEndsBeforeItStarts());
  }
}
