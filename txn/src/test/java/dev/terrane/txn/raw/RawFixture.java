package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadPool;
import dev.terrane.txn.latch.Latches;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Raw commands over one fake Region, with a clock and a read pool that tests move by hand. */
final class RawFixture implements TimeSource, ReadPool {
  final FakeRegionStorage storage = new FakeRegionStorage();
  final Latches latches = new Latches(256, 64);
  final RawCommands commands;
  final RawContext context;
  final List<RuntimeException> failures = new ArrayList<>();
  private final Deque<Runnable> reads = new ArrayDeque<>();
  private final Deque<Runnable> delayed = new ArrayDeque<>();
  private long nowSeconds = 1_700_000_000;
  private boolean readPoolFull;
  int slices;

  /** What answers are counted on. */
  Charge charge = Charge.uncounted();

  RawFixture(ApiVersion version) {
    this(version, RawLimits.DEFAULT);
  }

  RawFixture(ApiVersion version, RawLimits limits) {
    commands = new RawCommands(storage, version, limits, latches, this, this, failures::add);
    ApiVersion requested = version == ApiVersion.V2 ? ApiVersion.V2 : ApiVersion.V1;
    context = new RawContext(FakeRegionStorage.CONTEXT, ReadMode.LEADER, requested, "");
  }

  /** A context like {@link #context}, of another family or with a bounded time. */
  RawContext context(String family, long maxExecutionMillis) {
    return new RawContext(
        context.region(), context.readMode(), context.apiVersion(), family, maxExecutionMillis);
  }

  /** Runs what is to run later when {@link #runDelayed} is called. */
  void after(long millis, Runnable action) {
    delayed.add(action);
  }

  /** Runs what was put off until now, and the reads that this starts; how many there were. */
  int runDelayed() {
    int due = delayed.size();
    for (int i = 0; i < due; i++) {
      delayed.remove().run();
    }
    runReads();
    return due;
  }

  void runReads() {
    while (!reads.isEmpty()) {
      slices++;
      reads.remove().run();
    }
  }

  @Override
  public long nanoTime() {
    return nowSeconds * 1_000_000_000L;
  }

  @Override
  public long wallMillis() {
    return nowSeconds * 1000;
  }

  void passSeconds(long seconds) {
    nowSeconds += seconds;
  }

  void readPoolFull(boolean full) {
    readPoolFull = full;
  }

  @Override
  public boolean submit(Runnable work) {
    if (readPoolFull) {
      return false;
    }
    reads.add(work);
    return true;
  }

  @Override
  public void resume(Runnable slice) {
    reads.add(slice);
  }

  /** What one command came to: exactly one of an answer, a refusal and a rejection. */
  record Outcome<T extends @Nullable Object>(
      boolean answered,
      @Nullable T value,
      @Nullable RegionError error,
      @Nullable RawRejection rejection) {}

  /** Runs a command to its end. */
  <T extends @Nullable Object> Outcome<T> run(Consumer<RawReply<T>> command) {
    List<Outcome<T>> outcomes = start(command);
    runReads();
    if (outcomes.size() != 1) {
      throw new AssertionError(outcomes.size() + " outcomes: " + outcomes);
    }
    return outcomes.getFirst();
  }

  /** Starts a command; its outcome appears in the list. */
  <T extends @Nullable Object> List<Outcome<T>> start(Consumer<RawReply<T>> command) {
    List<Outcome<T>> outcomes = new ArrayList<>();
    command.accept(
        new RawReply<>() {
          @Override
          public Charge answerCharge() {
            return charge;
          }

          @Override
          public void answer(T value) {
            outcomes.add(new Outcome<>(true, value, null, null));
          }

          @Override
          public void refused(RegionError error) {
            outcomes.add(new Outcome<>(false, null, error, null));
          }

          @Override
          public void rejected(RawRejection rejection) {
            outcomes.add(new Outcome<>(false, null, null, rejection));
          }
        });
    return outcomes;
  }

  @Nullable Bytes get(Bytes key) {
    Outcome<@Nullable Bytes> outcome = run(reply -> commands.get(context, key, reply));
    if (!outcome.answered()) {
      throw new AssertionError("get was not answered: " + outcome);
    }
    return outcome.value();
  }

  void put(Bytes key, Bytes value, long ttlSeconds) {
    Outcome<Done> outcome =
        run(reply -> commands.put(context, new RawPair(key, value), ttlSeconds, reply));
    if (!outcome.answered()) {
      throw new AssertionError("put was not answered: " + outcome);
    }
  }
}
