package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @Test
  void aBarShowsShareRateAndTimeLeft() {
    assertThat(
            new ProgressText(1_000, 0)
                .bar(new ImportCounts(250, 20_000, 0, 0, 0), TEN_SECONDS, 120))
        .isEqualTo("[██████                  ]  25 %  20,000 lines  2,000/s  ETA 0:30");
  }

  @Test
  void aBarShowsWhatWasNotImported() {
    assertThat(
            new ProgressText(1_000, 0).bar(new ImportCounts(1_000, 7, 1, 1, 1), TEN_SECONDS, 120))
        .isEqualTo("[████████████████████████] 100 %  10 lines  1/s  ETA 0:00  3 not imported");
  }

  @Test
  void aNarrowTerminalGetsAShorterBarOrNone() {
    ProgressText text = new ProgressText(1_000, 0);
    ImportCounts counts = new ImportCounts(500, 1_234_567, 1, 0, 0);
    assertThat(text.bar(counts, TEN_SECONDS, 78))
        .isEqualTo(
            "[████████        ]  50 %  1,234,568 lines  123,457/s  ETA 0:10  1 not imported");
    assertThat(text.bar(counts, TEN_SECONDS, 66))
        .isEqualTo("50 %  1,234,568 lines  123,457/s  ETA 0:10  1 not imported");
    assertThat(text.bar(counts, TEN_SECONDS, 20)).isEqualTo("50 %  1,234,568 line");
  }

  @Test
  void whatWasSkippedDoesNotCountForTheTimeLeft() {
    assertThat(
            new ProgressText(1_000, 500).bar(new ImportCounts(600, 10, 0, 0, 0), TEN_SECONDS, 40))
        .isEqualTo("60 %  10 lines  1/s  ETA 0:40");
  }

  @Test
  void anInterruptedImportSaysWhereToGoOn() {
    assertThat(ProgressText.resumption("interrupted", "in.tsv", 1_234))
        .contains("after line 1234 of in.tsv")
        .contains("--from-line 1235");
  }

  @Test
  void withoutASizeThereIsNoShare() {
    assertThat(new ProgressText(0, 0).bar(new ImportCounts(250, 20_000, 0, 0, 0), TEN_SECONDS, 120))
        .isEqualTo("20,000 lines  2,000/s  0:10");
  }

  @Test
  void beforeTheFirstLineNothingIsDividedByZero() {
    assertThat(new ProgressText(1_000, 0).bar(new ImportCounts(0, 0, 0, 0, 0), Duration.ZERO, 120))
        .isEqualTo("[                        ]   0 %  0 lines  0/s  ETA -:--");
  }

  @Test
  void plainLinesAndTheSummaryAreForLogs() {
    ImportCounts counts = new ImportCounts(500, 1_000, 1, 2, 3);
    assertThat(new ProgressText(1_000, 0).plain(counts, Duration.ofSeconds(3_661)))
        .isEqualTo("imported 1,006 lines (50 %) in 1:01:01, 0/s  6 not imported");
    assertThat(ProgressText.summary(counts, TEN_SECONDS))
        .isEqualTo("1,000 acknowledged, 1 failed, 2 undetermined, 3 bad lines; 0:10, 101/s");
  }
}
