package dev.terrane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.tikv.common.TiSession;
import org.tikv.common.exception.TiKVException;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;
import org.tikv.shade.io.grpc.StatusRuntimeException;

/**
 * Writers and readers that go on whatever happens to the cluster, through the published client, and
 * check every answer against {@link Register}. A call that fails is not an error: what counts is
 * what was acknowledged.
 */
final class Workload implements AutoCloseable {
  private static final int WRITERS = 4;
  private static final int READERS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TiSession session;
  private final RawKVClient client;
  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
  private final List<Future<?>> running = new ArrayList<>();
  private final List<Register> registers = new ArrayList<>(); // guarded by itself
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean stopping;

  Workload(TiSession session) {
    this.session = session;
    this.client = session.createRawClient();
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      running.add(threads.submit(() -> write(number)));
    }
    for (int reader = 0; reader < READERS; reader++) {
      running.add(threads.submit(this::read));
    }
  }

  /** Waits until {@code more} further writes are acknowledged: the cluster serves. */
  void awaitProgress(long more) {
    long goal = acknowledged.get() + more;
    await("progress").atMost(PATIENCE).until(() -> failed() || acknowledged.get() >= goal);
    assertNothingWrong();
  }

  /** Ends the load, then reads every key once more and checks it. */
  void stopAndCheckEverything() throws InterruptedException {
    stop();
    assertNothingWrong();
    List<Register> all;
    synchronized (registers) {
      all = List.copyOf(registers);
    }
    assertThat(all).hasSizeGreaterThanOrEqualTo(WRITERS);
    for (Register register : all) {
      check(register);
    }
  }

  @Override
  public void close() {
    try {
      stop();
      client.close();
      session.close();
    } catch (Exception e) {
      throw new IllegalStateException("the workload does not end", e);
    }
  }

  private void stop() throws InterruptedException {
    stopping = true;
    threads.shutdown();
    assertThat(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("every call of the published client ends")
        .isTrue();
  }

  private boolean failed() {
    return running.stream().anyMatch(Future::isDone);
  }

  private void assertNothingWrong() {
    for (Future<?> future : running) {
      if (future.isDone()) {
        try {
          future.get();
        } catch (ExecutionException e) {
          throw new AssertionError("a checked answer was wrong", e.getCause());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError("interrupted", e);
        }
      }
    }
  }

  private void write(int writer) {
    for (int generation = 0; !stopping; generation++) {
      Register register = new Register("e2e/" + writer + "/" + generation);
      synchronized (registers) {
        registers.add(register);
      }
      writeUntilUnknown(register);
    }
  }

  private void writeUntilUnknown(Register register) {
    while (!stopping) {
      long value = register.attempt();
      try {
        client.put(
            ByteString.copyFromUtf8(register.key()), ByteString.copyFromUtf8(Long.toString(value)));
      } catch (TiKVException | StatusRuntimeException e) {
        return; // it may have been written, now or later
      }
      register.acknowledge(value);
      acknowledged.incrementAndGet();
    }
  }

  private void read() {
    while (!stopping) {
      Register register;
      synchronized (registers) {
        if (registers.isEmpty()) {
          continue;
        }
        register = registers.get(ThreadLocalRandom.current().nextInt(registers.size()));
      }
      try {
        check(register);
      } catch (TiKVException | StatusRuntimeException e) {
        // Not available for a while; the next read will tell.
      }
    }
  }

  private void check(Register register) {
    long floor = register.floor();
    Optional<ByteString> value = client.get(ByteString.copyFromUtf8(register.key()));
    register.observe(value.map(bytes -> Long.parseLong(bytes.toStringUtf8())).orElse(0L), floor);
  }
}
