package dev.terrane.cli.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImporterTest {
  private final ExecutorService reading = Executors.newSingleThreadExecutor();
  private final ExecutorService stopping = Executors.newSingleThreadExecutor();
  private final List<Importer.Problem> problems = new ArrayList<>();
  private final List<String> acknowledged = new ArrayList<>();
  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private final List<String> bad = new CopyOnWriteArrayList<>();
  private final Importer.Rejection rejection =
      new Importer.Rejection() {
        @Override
        public void entry(ImportLine.Entry entry, String reason) {
          rejected.add(entry.key().toUtf8());
        }

        @Override
        public void bad(ImportLine.Bad line) {
          bad.add(line.line().toUtf8() + ": " + line.reason());
        }
      };
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Clock clock = new Clock();

  @AfterEach
  void stopReading() throws InterruptedException {
    for (ExecutorService executor : List.of(reading, stopping, clock.thread)) {
      executor.shutdownNow();
      assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void countsEveryLineOnceAndSaysWhatIsWrongWithIt() throws Exception {
    EntryWriter writer =
        (entry, done) ->
            done.accept(
                switch (entry.key().toUtf8()) {
                  case "refused" -> new PutOutcome.Failed("key too long");
                  case "lost" -> new PutOutcome.Undetermined("connection lost");
                  default -> new PutOutcome.Acknowledged();
                });
    ImportCounts counts =
        importer("a\t1\nno tab\nrefused\tx\n\nlost\tx\nb\t2\n", writer, 10, 1_000).run();

    assertThat(counts).isEqualTo(new ImportCounts(33, 2, 1, 1, 1));
    assertThat(counts.allAcknowledged()).isFalse();
    assertThat(acknowledged).containsExactly("a", "b");
    assertThat(rejected).containsExactly("refused", "lost");
    assertThat(bad).containsExactly("no tab: no tab between key and value");
    assertThat(problems)
        .containsExactly(
            new Importer.Problem(2, "no tab between key and value"),
            new Importer.Problem(3, "key too long"),
            new Importer.Problem(5, "may or may not be written: connection lost"));
  }

  @Test
  void keepsNoMoreUnderWayThanAllowed() throws Exception {
    AnsweredByHand writer = new AnsweredByHand();
    Importer importer = importer("a\t1\nb\t1\nc\t1\nd\t1\ne\t1\n", writer, 2, 1_000);
    Future<ImportCounts> run = reading.submit(importer::run);

    writer.awaitUnderWay(2);
    for (int entry = 0; entry < 5; entry++) {
      writer.answerOldest();
    }
    assertThat(run.get().acknowledged()).isEqualTo(5);
    assertThat(writer.mostUnderWay()).isEqualTo(2);
  }

  @Test
  void boundsTheBytesUnderWayButLetsALargeEntryGoAlone() throws Exception {
    AnsweredByHand writer = new AnsweredByHand();
    Importer importer =
        importer("a\t12345678\nb\t12345678\nlarge\t" + "x".repeat(100) + "\n", writer, 9, 10);
    Future<ImportCounts> run = reading.submit(importer::run);

    for (int entry = 0; entry < 3; entry++) {
      writer.answerOldest();
    }
    assertThat(run.get().acknowledged()).isEqualTo(3);
    assertThat(writer.mostUnderWay()).isEqualTo(1);
  }

  @Test
  void neverHasTwoEntriesOfOneKeyUnderWaySoThatTheLastLineWins() throws Exception {
    AnsweredByHand writer = new AnsweredByHand();
    Importer importer = importer("a\t1\na\t2\nb\t1\na\t3\n", writer, 9, 1_000);
    Future<ImportCounts> run = reading.submit(importer::run);

    for (int entry = 0; entry < 4; entry++) {
      writer.answerOldest();
    }
    assertThat(run.get().acknowledged()).isEqualTo(4);
    assertThat(writer.sameKeyTwice()).isFalse();
    assertThat(writer.lastValueOf("a")).isEqualTo("3");
  }

  @Test
  void stoppedItTakesNoFurtherLineAndSettlesThoseBefore() throws Exception {
    AnsweredByHand writer = new AnsweredByHand();
    InFlight inFlight = new InFlight(2, 1_000);
    Importer importer = importer(input("a\t1\nno tab\nb\t1\nc\t1\nno tab\n"), writer, inFlight);
    Future<ImportCounts> run = reading.submit(importer::run);
    writer.awaitUnderWay(2);

    // Importer.stop() begins with this; done here, no answer can come before it.
    inFlight.stop();
    Future<Long> stop = stopping.submit(importer::stop);
    assertThat(run.isDone() || stop.isDone()).isFalse();
    writer.answerOldest();
    writer.answerOldest();

    assertThat(stop.get()).isEqualTo(3);
    assertThat(run.get()).isEqualTo(new ImportCounts(15, 2, 0, 0, 1));
    assertThat(acknowledged).containsExactly("a", "b");
  }

  @Test
  void stoppingDoesNotWaitForInputThatDoesNotCome() throws Exception {
    AnsweredByHand writer = new AnsweredByHand();
    PipedOutputStream typed = new PipedOutputStream();
    try (InputStream input = new PipedInputStream(typed)) {
      Importer importer = importer(input, writer, new InFlight(2, 1_000));
      Future<ImportCounts> run = reading.submit(importer::run);
      typed.write("a\t1\n".getBytes(StandardCharsets.UTF_8));
      typed.flush();
      writer.answerOldest();
      assertThat(importer.stop()).isEqualTo(1);
      assertThat(run.isDone()).isFalse();

      typed.write("b\t1\nno tab\n".getBytes(StandardCharsets.UTF_8));
      typed.close();
      assertThat(run.get()).isEqualTo(new ImportCounts(4, 1, 0, 0, 0));
    }
  }

  @Test
  void whatIsRejectedIsTakenBackWithTheLaterLinesOfItsKeySoThatTheLastLineWins() throws Exception {
    EntryWriter writer =
        (entry, done) ->
            done.accept(
                entry.value().toUtf8().equals("old")
                    ? new PutOutcome.Undetermined("connection lost")
                    : new PutOutcome.Acknowledged());
    ImportCounts counts = importer("a\told\nb\t1\na\tnew\n", writer, 1, 1_000).run();

    assertThat(counts.undetermined()).isEqualTo(1);
    assertThat(acknowledged).containsExactly("b", "a");
    assertThat(rejected).as("the old line, and after it the new one").containsExactly("a", "a");
  }

  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private Importer importer(String text, EntryWriter writer, int entriesMax, long bytesMax) {
    return importer(input(text), writer, new InFlight(entriesMax, bytesMax));
  }

  private Importer importer(InputStream input, EntryWriter writer, InFlight inFlight) {
    return new Importer(
        new LineReader(input, new TsvFormat(false)),
        writer,
        inFlight,
        problems::add,
        entry -> acknowledged.add(entry.key().toUtf8()),
        rejection,
        waiting());
  }

  private Importer.Waiting waiting() {
    return new Importer.Waiting(Duration.ofSeconds(30), clock, clock::nanoTime, told::add);
  }

  /** Time passes when something is due later, and only then. */
  private static final class Clock implements Outage.Later {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public void after(Duration delay, Runnable action) {
      thread.execute(() -> {
        nanos.addAndGet(delay.toNanos());
        action.run();
      });
    }

    long nanoTime() {
      return nanos.get();
    }
  }

  /** A cluster that serves nobody for a number of puts, and then everybody. */
  private static final class Away implements EntryWriter {
    private final int puts;
    private final AtomicInteger put = new AtomicInteger();
    private final List<String> written = new CopyOnWriteArrayList<>();

    Away(int puts) {
      this.puts = puts;
    }

    @Override
    public void put(ImportLine.Entry entry, Consumer<PutOutcome> done) {
      if (put.incrementAndGet() <= puts) {
        done.accept(new PutOutcome.Unserved("nobody leads"));
      } else {
        written.add(entry.key().toUtf8());
        done.accept(new PutOutcome.Acknowledged());
      }
    }
  }

  private static String numbered(int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= lines; i++) {
      text.append("k").append(i).append("\tv\n");
    }
    return text.toString();
  }

  @Test
  void waitsWhileTheClusterDoesNotServeAndThenLeavesNoLineOut() throws Exception {
    Away writer = new Away(20);
    ImportCounts counts = importer(numbered(500), writer, 8, 1_000).run();

    assertThat(counts.acknowledged()).isEqualTo(500);
    assertThat(counts.allAcknowledged()).isTrue();
    assertThat(writer.written).doesNotHaveDuplicates().hasSize(500);
    assertThat(rejected).isEmpty();
    assertThat(told.getFirst()).contains("nobody leads").contains("0:30");
    assertThat(told.getLast()).contains("going on after 0:");
    assertThat(clock.nanoTime()).as("one try a second").isGreaterThan(10_000_000_000L);
  }

  @Test
  void givesUpWhenPatienceIsOutAndTellsEveryEntryThatIsNotWritten() throws Exception {
    Importer importer = importer(numbered(500), new Away(Integer.MAX_VALUE), 8, 1_000);
    ImportCounts counts = importer.run();

    assertThat(importer.gaveUp()).isTrue();
    assertThat(counts.acknowledged()).isZero();
    assertThat(counts.failed()).isEqualTo(importer.lastLine());
    assertThat(importer.lastLine()).as("no line is read in vain").isLessThanOrEqualTo(8);
    assertThat(rejected).hasSize((int) counts.failed());
    assertThat(problems).hasSize((int) counts.failed());
    assertThat(told.getLast()).contains("giving up");
  }

  @Test
  void interruptedWhileItWaitsItRejectsWhatWaits() throws Exception {
    CountDownLatch tried = new CountDownLatch(3);
    EntryWriter writer =
        (entry, done) -> {
          tried.countDown();
          done.accept(new PutOutcome.Unserved("nobody leads"));
        };
    Importer importer = importer(numbered(9), writer, 4, 1_000);
    Future<ImportCounts> run = reading.submit(importer::run);
    assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();

    long last = importer.stop();

    ImportCounts counts = run.get();
    assertThat(counts.failed()).isEqualTo(last);
    assertThat(rejected).hasSize((int) last);
  }

  @Test
  void everyEntryThatIsNotWrittenOrMayNotBeIsRejected() throws Exception {
    EntryWriter writer =
        (entry, done) ->
            done.accept(
                switch ((int) (entry.number() % 3)) {
                  case 0 -> new PutOutcome.Failed("refused");
                  case 1 -> new PutOutcome.Undetermined("lost");
                  default -> new PutOutcome.Acknowledged();
                });
    ImportCounts counts = importer(numbered(300), writer, 4, 1_000).run();

    assertThat(counts.failed()).isEqualTo(100);
    assertThat(counts.undetermined()).isEqualTo(100);
    Set<String> all = new HashSet<>(rejected);
    all.addAll(acknowledged);
    assertThat(rejected).hasSize(200);
    assertThat(all).hasSize(300);
  }

  @Test
  void stopsWhenWhatIsAcknowledgedCannotBeTold() {
    Importer importer =
        new Importer(
            new LineReader(input(numbered(500)), new TsvFormat(false)),
            (entry, done) -> done.accept(new PutOutcome.Acknowledged()),
            new InFlight(4, 1_000),
            problems::add,
            entry -> {
              throw new UncheckedIOException("cannot write acked", new IOException("disk full"));
            },
            rejection,
            waiting());
    assertThatThrownBy(importer::run)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write acked");
    assertThat(importer.lastLine()).isLessThan(10);
  }

  /** What is in no file is not settled: who goes on behind it would leave it out. */
  @Test
  void goesOnFromTheFirstEntryOfWhichNothingCouldBeTold() {
    Importer.Rejection full =
        new Importer.Rejection() {
          @Override
          public void entry(ImportLine.Entry entry, String reason) {
            throw new UncheckedIOException("cannot keep it", new IOException("disk full"));
          }

          @Override
          public void bad(ImportLine.Bad line) {}
        };
    Queue<Runnable> late = new ArrayDeque<>();
    EntryWriter writer =
        (entry, done) -> {
          boolean taken = entry.number() < 3;
          PutOutcome outcome =
              taken ? new PutOutcome.Acknowledged() : new PutOutcome.Failed("no room");
          late.add(() -> done.accept(outcome));
          if (late.size() == 4) { // the latest first
            List<Runnable> all = new ArrayList<>(late);
            late.clear();
            all.reversed().forEach(Runnable::run);
          }
        };
    Importer importer =
        new Importer(
            new LineReader(input(numbered(500)), new TsvFormat(false)),
            writer,
            new InFlight(4, 1_000),
            problems::add,
            entry -> {},
            full,
            waiting());
    assertThatThrownBy(importer::run).isInstanceOf(UncheckedIOException.class);
    assertThat(importer.lastLine()).isEqualTo(2);
  }

  /** A cluster that answers when the test says so. */
  private static final class AnsweredByHand implements EntryWriter {
    private record Waiting(ImportLine.Entry entry, Consumer<PutOutcome> done) {}

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final List<ImportLine.Entry> all = new ArrayList<>();
    private int mostUnderWay;
    private boolean sameKeyTwice;

    @Override
    public synchronized void put(ImportLine.Entry entry, Consumer<PutOutcome> done) {
      waiting.add(new Waiting(entry, done));
      all.add(entry);
      mostUnderWay = Math.max(mostUnderWay, waiting.size());
      Set<Bytes> keys = new HashSet<>();
      waiting.forEach(put -> sameKeyTwice |= !keys.add(put.entry().key()));
      notifyAll();
    }

    synchronized void awaitUnderWay(int count) throws InterruptedException {
      while (waiting.size() < count) {
        wait();
      }
    }

    void answerOldest() throws InterruptedException {
      Waiting oldest;
      synchronized (this) {
        while (waiting.isEmpty()) {
          wait();
        }
        oldest = waiting.remove();
      }
      oldest.done().accept(new PutOutcome.Acknowledged());
    }

    synchronized int mostUnderWay() {
      return mostUnderWay;
    }

    synchronized boolean sameKeyTwice() {
      return sameKeyTwice;
    }

    synchronized String lastValueOf(String key) {
      return all.stream()
          .filter(entry -> entry.key().equals(Bytes.ofUtf8(key)))
          .reduce((first, second) -> second)
          .orElseThrow()
          .value()
          .toUtf8();
    }
  }
}
