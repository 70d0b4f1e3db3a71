package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.ListTransaction.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lists under snapshot isolation, in memory, and processes that run transactions on them in an
 * order of chance. With a {@link Flaw} it is not what it claims to be.
 */
final class SnapshotIsolationModel {
  /** What an implementation may get wrong. */
  enum Flaw {
    NONE,
    /** Commits although another has written a key since the snapshot was taken. */
    NO_CONFLICT_CHECK,
    /** Reads what is there now, not what was there at the start. */
    READS_LATEST,
    /** An aborted transaction leaves its appends behind. */
    ABORT_KEEPS_WRITES,
    /** Appends are there before the transaction has committed. */
    DIRTY_WRITES,
    /** Every so often a snapshot is as old as the one before it. */
    STALE_SNAPSHOT,
    /** Every so often an acknowledged commit is forgotten. */
    LOSES_COMMITS
  }

  private static final int PROCESSES = 5;
  private static final int KEYS = 4;

  private record Version(long commitTs, List<Long> list) {}

  private static final class Running {
    final int number;
    final ListTransaction transaction;
    final long startTs;
    final Map<Bytes, List<Long>> written = new LinkedHashMap<>();
    final List<List<Long>> reads = new ArrayList<>();
    int next;

    Running(int number, ListTransaction transaction, long startTs) {
      this.number = number;
      this.transaction = transaction;
      this.startTs = startTs;
    }
  }

  private final Flaw flaw;
  private final RandomGenerator random;
  private final HistoryRecorder<ListTransaction, ListTransaction.Answer> recorder;
  private final Map<Bytes, List<Version>> versions = new TreeMap<>();
  private final @Nullable Running[] running = new Running[PROCESSES];
  private long timestamp;
  private long element;

  private SnapshotIsolationModel(Flaw flaw, RandomGenerator random, int transactions) {
    this.flaw = flaw;
    this.random = random;
    recorder = new HistoryRecorder<>(transactions);
  }

  static History<ListTransaction, ListTransaction.Answer> run(
      Flaw flaw, RandomGenerator random, int transactions) {
    return new SnapshotIsolationModel(flaw, random, transactions).run();
  }

  private History<ListTransaction, ListTransaction.Answer> run() {
    int busy = 0;
    while (!recorder.isFull() || busy > 0) {
      int process = random.nextInt(PROCESSES);
      Running transaction = running[process];
      if (transaction == null) {
        if (!recorder.isFull()) {
          running[process] = begin(process);
          busy++;
        }
      } else if (transaction.next < transaction.transaction.steps().size()) {
        step(transaction, transaction.transaction.steps().get(transaction.next++));
      } else {
        recorder.complete(transaction.number, timestamp, commit(transaction));
        running[process] = null;
        busy--;
      }
    }
    return recorder.history();
  }

  private Running begin(int process) {
    List<Step> steps = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Bytes key = Bytes.ofUtf8("x" + random.nextInt(KEYS));
      steps.add(random.nextInt(3) == 0 ? new Step.Append(key, ++element) : new Step.Read(key));
    }
    var transaction = new ListTransaction(steps);
    long startTs = ++timestamp;
    if (flaw == Flaw.STALE_SNAPSHOT && random.nextInt(10) == 0) {
      startTs = Math.max(1, startTs - 20);
    }
    return new Running(recorder.invoke(process, timestamp, transaction), transaction, startTs);
  }

  private void step(Running transaction, Step step) {
    switch (step) {
      case Step.Append append -> {
        if (flaw == Flaw.DIRTY_WRITES) {
          timestamp++;
          write(append.key(), List.of(append.element()));
        } else {
          transaction
              .written
              .computeIfAbsent(append.key(), any -> new ArrayList<>())
              .add(append.element());
        }
      }
      case Step.Read read -> {
        long at =
            flaw == Flaw.READS_LATEST || flaw == Flaw.DIRTY_WRITES
                ? timestamp
                : transaction.startTs;
        List<Long> list = new ArrayList<>(read(read.key(), at));
        list.addAll(transaction.written.getOrDefault(read.key(), List.of()));
        transaction.reads.add(list);
      }
    }
  }

  private List<Long> read(Bytes key, long at) {
    List<Long> list = List.of();
    for (Version version : versions.getOrDefault(key, List.of())) {
      if (version.commitTs <= at) {
        list = version.list;
      }
    }
    return list;
  }

  private Outcome<ListTransaction.Answer> commit(Running transaction) {
    if (flaw != Flaw.NO_CONFLICT_CHECK && flaw != Flaw.DIRTY_WRITES) {
      for (Bytes key : transaction.written.keySet()) {
        List<Version> all = versions.getOrDefault(key, List.of());
        if (!all.isEmpty() && all.getLast().commitTs > transaction.startTs) {
          if (flaw == Flaw.ABORT_KEEPS_WRITES) {
            timestamp++;
            transaction.written.forEach(this::write);
          }
          return new Outcome.Failed<>("write conflict");
        }
      }
    }
    timestamp++;
    boolean isLost = random.nextInt(10) == 0;
    if (random.nextInt(12) == 0) {
      if (!isLost) {
        transaction.written.forEach(this::write);
      }
      return new Outcome.Unknown<>("deadline");
    }
    long commitTs = transaction.written.isEmpty() ? transaction.startTs : timestamp;
    if (flaw != Flaw.LOSES_COMMITS || !isLost) {
      transaction.written.forEach(this::write);
    }
    return new Outcome.Ok<>(
        new ListTransaction.Answer(transaction.reads, transaction.startTs, commitTs));
  }

  /** All keys of one transaction get the same timestamp, since nothing comes between. */
  private void write(Bytes key, List<Long> elements) {
    List<Version> all = versions.computeIfAbsent(key, any -> new ArrayList<>());
    List<Long> list = new ArrayList<>(all.isEmpty() ? List.of() : all.getLast().list);
    list.addAll(elements);
    all.add(new Version(timestamp, list));
  }
}
