package dev.terrane.server.pdlink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every Region is reported, however many there are. */
class ReportBookTest {
  private static final long NEWS_NANOS = 150;

  private final ReportBook book = new ReportBook(1 << 20, NEWS_NANOS);

  private static RegionHeartbeatRequest report(long regionId, long term) {
    RegionHeartbeatRequest.Builder report = RegionHeartbeatRequest.newBuilder().setTerm(term);
    report.getRegionBuilder().setId(regionId);
    return report.build();
  }

  private List<Long> told() {
    List<Long> told = new ArrayList<>();
    for (RegionHeartbeatRequest next = book.next(); next != null; next = book.next()) {
      told.add(next.getRegion().getId());
    }
    return told;
  }

  @Test
  void aStreamOfManyRegionsStillTakesNewOnes() {
    for (int i = 1; i <= 20_000; i++) {
      book.add(report(i, 1), 0);
    }
    assertThat(told()).hasSize(20_000);
    book.add(report(20_001, 1), 1);
    assertThat(told()).containsExactly(20_001L);
  }

  @Test
  void theLatestReportOfARegionIsTheOneThatCounts() {
    book.add(report(1, 1), 0);
    book.add(report(2, 1), 0);
    book.add(report(1, 2), 0);
    assertThat(told()).containsExactly(2L, 1L);
    assertThat(book.hasUntold()).isFalse();
  }

  @Test
  void aNewLeaderHearsWhatIsNews() {
    book.add(report(1, 1), 0);
    book.add(report(2, 1), 100);
    assertThat(told()).hasSize(2);
    book.add(report(3, 1), 120);
    book.forgetTelling(200);
    assertThat(told()).containsExactly(2L, 3L);
  }

  @Test
  void whatPdHasBeenToldMakesRoomFirst() {
    ReportBook small = new ReportBook(50L * report(1, 1).getSerializedSize(), NEWS_NANOS);
    for (int i = 1; i <= 50; i++) {
      small.add(report(i, 1), 0);
      assertThat(small.next()).isNotNull();
    }
    for (int i = 51; i <= 90; i++) {
      small.add(report(i, 1), 0);
    }
    int told = 0;
    while (small.next() != null) {
      told++;
    }
    assertThat(told).isEqualTo(40);
    assertThat(small.bytes()).isLessThanOrEqualTo(50L * report(1, 1).getSerializedSize());
  }
}
