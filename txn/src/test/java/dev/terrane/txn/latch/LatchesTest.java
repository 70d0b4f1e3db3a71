package dev.terrane.txn.latch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class LatchesTest {
  private static final Bytes A = Bytes.ofUtf8("a");
  private static final Bytes B = Bytes.ofUtf8("b");

  private final List<String> events = new ArrayList<>();
  private final Latches latches = new Latches(256, 100);

  @Test
  void sharedHoldersDoNotWaitForEachOther() {
    acquire("put 1", A, LatchMode.SHARED);
    acquire("put 2", A, LatchMode.SHARED);
    assertThat(events).containsExactly("put 1", "put 2");
    assertThat(latches.waiting()).isZero();
  }

  @Test
  void exclusiveOneWaitsForAllSharedOnesAndIsNotOvertaken() {
    Latch put1 = acquire("put 1", A, LatchMode.SHARED);
    Latch put2 = acquire("put 2", A, LatchMode.SHARED);
    Latch swap = acquire("swap", A, LatchMode.EXCLUSIVE);
    acquire("put 3", A, LatchMode.SHARED);
    assertThat(events).containsExactly("put 1", "put 2");
    assertThat(latches.waiting()).isEqualTo(2);

    latches.release(put1);
    assertThat(events).containsExactly("put 1", "put 2");
    latches.release(put2);
    assertThat(events).containsExactly("put 1", "put 2", "swap");
    latches.release(swap);
    assertThat(events).containsExactly("put 1", "put 2", "swap", "put 3");
    assertThat(latches.waiting()).isZero();
  }

  @Test
  void commandOnSeveralKeysHoldsNoneOfThemTwice() {
    Latch both = acquire("both", List.of(B, A, B, A), LatchMode.EXCLUSIVE);
    acquire("a", A, LatchMode.EXCLUSIVE);
    acquire("b", B, LatchMode.EXCLUSIVE);
    assertThat(events).containsExactly("both");
    latches.release(both);
    assertThat(events).containsExactlyInAnyOrder("both", "a", "b");
  }

  @Test
  void latchOnEveryKeyKeepsDecisionsOutButNotBlindWrites() {
    Latch range = latches.ofAllKeys(LatchMode.SHARED, () -> events.add("range"));
    assertThat(latches.acquire(range)).isTrue();
    acquire("put", A, LatchMode.SHARED);
    acquire("swap", B, LatchMode.EXCLUSIVE);
    assertThat(events).containsExactly("range", "put");
    latches.release(range);
    assertThat(events).containsExactly("range", "put", "swap");
  }

  @Test
  void refusesToLetTooManyWaitAndForgetsTheRefused() {
    Latches small = new Latches(256, 1);
    Latch holder = small.of(A, LatchMode.EXCLUSIVE, () -> {});
    assertThat(small.acquire(holder)).isTrue();
    Latch second = small.of(A, LatchMode.EXCLUSIVE, () -> events.add("second"));
    assertThat(small.acquire(second)).isTrue();
    // Holds B when it is refused at A; B must be free afterwards.
    Latch third = small.of(List.of(A, B), LatchMode.EXCLUSIVE, () -> events.add("third"));
    assertThat(small.acquire(third)).isFalse();
    assertThat(small.acquire(small.of(B, LatchMode.EXCLUSIVE, () -> events.add("b")))).isTrue();
    small.release(holder);
    small.release(second);
    assertThat(events).containsExactly("b", "second");
    assertThat(small.waiting()).isZero();
  }

  @Test
  void longQueueThatFailsAtOnceDoesNotDeepenTheStack() {
    Latches wide = new Latches(2, 200_000);
    AtomicInteger ran = new AtomicInteger();
    Latch first = wide.of(A, LatchMode.EXCLUSIVE, () -> {});
    wide.acquire(first);
    for (int i = 0; i < 100_000; i++) {
      Latch[] self = new Latch[1];
      self[0] =
          wide.of(
              A,
              LatchMode.EXCLUSIVE,
              () -> {
                ran.incrementAndGet();
                wide.release(self[0]);
              });
      wide.acquire(self[0]);
    }
    wide.release(first);
    assertThat(ran).hasValue(100_000);
  }

  @Test
  void exclusionHoldsAndNobodyIsForgottenUnderLoad() throws Exception {
    Latches shared = new Latches(16, 1 << 20);
    int keys = 8;
    // Per key: shared holders, or -1 for an exclusive one. Changed only by holders.
    AtomicInteger[] holders = new AtomicInteger[keys];
    for (int i = 0; i < keys; i++) {
      holders[i] = new AtomicInteger();
    }
    AtomicInteger violations = new AtomicInteger();
    int threads = 4;
    int commandsPerThread = 20_000;
    CountDownLatch done = new CountDownLatch(threads * commandsPerThread);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        long seed = 100L + t;
        runs.add(
            executor.submit(() -> {
              RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
              Deque<Runnable> releases = new ArrayDeque<>();
              for (int i = 0; i < commandsPerThread; i++) {
                contend(shared, holders, random, violations, done, releases);
              }
              while (!releases.isEmpty()) {
                releases.remove().run();
              }
            }));
      }
      for (Future<?> run : runs) {
        run.get(60, TimeUnit.SECONDS);
      }
      assertThat(done.await(30, TimeUnit.SECONDS)).as("left: %d", done.getCount()).isTrue();
    }
    assertThat(violations).hasValue(0);
    assertThat(shared.waiting()).isZero();
  }

  /** Takes one or two keys; holds some latches for a while so that others have to wait. */
  private static void contend(
      Latches shared,
      AtomicInteger[] holders,
      RandomGenerator random,
      AtomicInteger violations,
      CountDownLatch done,
      Deque<Runnable> releases) {
    int first = random.nextInt(holders.length);
    int second = random.nextInt(holders.length);
    List<Integer> mine = first == second ? List.of(first) : List.of(first, second);
    boolean exclusive = random.nextInt(3) == 0;
    boolean keep = random.nextInt(4) == 0;
    Latch[] self = new Latch[1];
    Runnable finish =
        () -> {
          for (int key : mine) {
            int left = exclusive ? holders[key].addAndGet(1) : holders[key].decrementAndGet();
            if (exclusive ? left != 0 : left < 0) {
              violations.incrementAndGet();
            }
          }
          shared.release(self[0]);
          done.countDown();
        };
    Thread owner = Thread.currentThread();
    self[0] =
        shared.of(
            mine.stream().map(key -> Bytes.of(key)).toList(),
            exclusive ? LatchMode.EXCLUSIVE : LatchMode.SHARED,
            () -> {
              for (int key : mine) {
                boolean free =
                    exclusive
                        ? holders[key].compareAndSet(0, -1)
                        : holders[key].getAndIncrement() >= 0;
                if (!free) {
                  violations.incrementAndGet();
                }
              }
              if (keep && Thread.currentThread() == owner) {
                releases.add(finish);
              } else {
                finish.run();
              }
            });
    shared.acquire(self[0]);
    if (releases.size() > 4 || !keep) {
      Runnable release = releases.poll();
      if (release != null) {
        release.run();
      }
    }
  }

  private Latch acquire(String name, Bytes key, LatchMode mode) {
    Latch latch = latches.of(key, mode, () -> events.add(name));
    assertThat(latches.acquire(latch)).isTrue();
    return latch;
  }

  private Latch acquire(String name, List<Bytes> keys, LatchMode mode) {
    Latch latch = latches.of(keys, mode, () -> events.add(name));
    assertThat(latches.acquire(latch)).isTrue();
    return latch;
  }
}
