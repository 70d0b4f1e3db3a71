package dev.terrane.client;

import dev.terrane.client.core.Completion;
import dev.terrane.client.core.RawCommands;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes raw keys. Each operation has an asynchronous form, whose future fails with a
 * {@link ClientException}, and a waiting form that throws it. Arguments out of bounds throw {@link
 * InvalidArgumentException} at once in both.
 *
 * <p>A write whose reply was lost ends with {@link UndeterminedException}: it may have been
 * executed, and is not sent again. A client opened with {@code retryLostWrites} sends puts, deletes
 * and range deletes again, as TiKV's own clients do; where a key has several writers, the second
 * execution may bring back what another has replaced in between. A compare-and-swap is never sent
 * again once it may have been executed.
 *
 * <p>Thread-safe. What is chained to a future runs on the client's thread and must not wait; the
 * waiting forms refuse to be called there.
 */
public final class RawClient {
  private final RawCommands commands;
  private final Admission admission;

  RawClient(RawCommands commands, Admission admission) {
    this.commands = commands;
    this.admission = admission;
  }

  /** Starts an operation; one that is refused at once gives its place back. */
  private <T extends @Nullable Object> CompletableFuture<T> start(
      Consumer<Completion<T>> operation) {
    Pending<T> pending = new Pending<>(admission);
    try {
      operation.accept(pending);
    } catch (Throwable refused) {
      // Whatever it is: nobody else gives the place back of what has not begun.
      admission.release();
      throw refused;
    }
    return pending;
  }

  /** The value of {@code key}; empty if it is absent. */
  public Optional<Bytes> get(Bytes key) {
    admission.checkMayWait();
    return Pending.await(getAsync(key));
  }

  public CompletableFuture<Optional<Bytes>> getAsync(Bytes key) {
    return start(completion -> commands.get(key, completion));
  }

  /** The keys that are there, with their values, in the order asked for. */
  public Map<Bytes, Bytes> batchGet(List<Bytes> keys) {
    admission.checkMayWait();
    return Pending.await(batchGetAsync(keys));
  }

  public CompletableFuture<Map<Bytes, Bytes>> batchGetAsync(List<Bytes> keys) {
    return start(completion -> commands.batchGet(keys, completion));
  }

  public void put(Bytes key, Bytes value) {
    put(key, value, Duration.ZERO);
  }

  /** Writes a key that expires after {@code ttl}, in whole seconds; zero means never. */
  public void put(Bytes key, Bytes value, Duration ttl) {
    admission.checkMayWait();
    Pending.await(putAsync(key, value, ttl));
  }

  public CompletableFuture<@Nullable Void> putAsync(Bytes key, Bytes value) {
    return putAsync(key, value, Duration.ZERO);
  }

  public CompletableFuture<@Nullable Void> putAsync(Bytes key, Bytes value, Duration ttl) {
    return start(completion -> commands.put(key, value, ttl, completion));
  }

  public void batchPut(List<KeyValue> pairs) {
    batchPut(pairs, Duration.ZERO);
  }

  /**
   * Writes all pairs; of several with one key the last. Not atomic: when it fails, some may have
   * been written.
   */
  public void batchPut(List<KeyValue> pairs, Duration ttl) {
    admission.checkMayWait();
    Pending.await(batchPutAsync(pairs, ttl));
  }

  public CompletableFuture<@Nullable Void> batchPutAsync(List<KeyValue> pairs, Duration ttl) {
    return start(completion -> commands.batchPut(pairs, ttl, completion));
  }

  /** Removes {@code key}, whether or not it is there. */
  public void delete(Bytes key) {
    admission.checkMayWait();
    Pending.await(deleteAsync(key));
  }

  public CompletableFuture<@Nullable Void> deleteAsync(Bytes key) {
    return start(completion -> commands.delete(key, completion));
  }

  public void batchDelete(List<Bytes> keys) {
    admission.checkMayWait();
    Pending.await(batchDeleteAsync(keys));
  }

  public CompletableFuture<@Nullable Void> batchDeleteAsync(List<Bytes> keys) {
    return start(completion -> commands.batchDelete(keys, completion));
  }

  /** Removes every key of {@code range}, Region by Region. */
  public void deleteRange(KeyRange range) {
    admission.checkMayWait();
    Pending.await(deleteRangeAsync(range));
  }

  public CompletableFuture<@Nullable Void> deleteRangeAsync(KeyRange range) {
    return start(completion -> commands.deleteRange(range, completion));
  }

  /** The pairs that {@code scan} describes, in its order; its limit is at most 10,240. */
  public List<KeyValue> scan(RawScan scan) {
    admission.checkMayWait();
    return Pending.await(scanAsync(scan));
  }

  public CompletableFuture<List<KeyValue>> scanAsync(RawScan scan) {
    return start(completion -> commands.scan(scan, completion));
  }

  /**
   * All pairs of {@code scan}'s range, read as they are asked for; its limit is the most that a
   * page has, which are fewer where values are large. Not a snapshot: what is written meanwhile may
   * or may not be seen.
   */
  public Iterator<KeyValue> scanAll(RawScan scan) {
    return new ScanPages(this, scan);
  }

  public KeyTtl ttl(Bytes key) {
    admission.checkMayWait();
    return Pending.await(ttlAsync(key));
  }

  public CompletableFuture<KeyTtl> ttlAsync(Bytes key) {
    return start(completion -> commands.ttl(key, completion));
  }

  /** Writes {@code value} if {@code key} holds {@code expected}; empty means that it is absent. */
  public CompareAndSwapResult compareAndSwap(Bytes key, Optional<Bytes> expected, Bytes value) {
    admission.checkMayWait();
    return Pending.await(compareAndSwapAsync(key, expected, value, Duration.ZERO));
  }

  public CompletableFuture<CompareAndSwapResult> compareAndSwapAsync(
      Bytes key, Optional<Bytes> expected, Bytes value, Duration ttl) {
    return start(
        completion -> commands.compareAndSwap(key, expected.orElse(null), value, ttl, completion));
  }

  /** Removes {@code key} if it holds {@code expected}. Servers of old ignore the removal. */
  public CompareAndSwapResult compareAndDelete(Bytes key, Bytes expected) {
    admission.checkMayWait();
    return Pending.await(compareAndDeleteAsync(key, expected));
  }

  public CompletableFuture<CompareAndSwapResult> compareAndDeleteAsync(Bytes key, Bytes expected) {
    return start(
        completion -> commands.compareAndSwap(key, expected, null, Duration.ZERO, completion));
  }

  /** A digest of every pair of {@code range}. */
  public RawChecksum checksum(KeyRange range) {
    admission.checkMayWait();
    return Pending.await(checksumAsync(range));
  }

  public CompletableFuture<RawChecksum> checksumAsync(KeyRange range) {
    return start(completion -> commands.checksum(range, completion));
  }
}
