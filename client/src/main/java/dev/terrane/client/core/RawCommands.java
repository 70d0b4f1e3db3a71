package dev.terrane.client.core;

import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.InvalidArgumentException;
import dev.terrane.client.KeyTtl;
import dev.terrane.client.KeyValue;
import dev.terrane.client.RawChecksum;
import dev.terrane.client.RawScan;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Operations on raw keys, from any thread. Arguments out of bounds throw {@link
 * InvalidArgumentException} at once, and the completion is then not called.
 */
public final class RawCommands {
  private final ClientCore core;

  public RawCommands(ClientCore core) {
    this.core = core;
  }

  public void get(Bytes key, Completion<Optional<Bytes>> completion) {
    RawLimits.key(key);
    core.submit(new GetCall(core, key, completion));
  }

  public void put(Bytes key, Bytes value, Duration ttl, Completion<@Nullable Void> completion) {
    RawLimits.key(key);
    RawLimits.value(value);
    core.submit(new PutCall(core, key, value, RawLimits.ttlSeconds(ttl), completion));
  }

  public void delete(Bytes key, Completion<@Nullable Void> completion) {
    RawLimits.key(key);
    core.submit(new DeleteCall(core, key, completion));
  }

  public void ttl(Bytes key, Completion<? super KeyTtl> completion) {
    RawLimits.key(key);
    core.submit(new TtlCall(core, key, completion));
  }

  /**
   * Replaces the value of {@code key} if it is {@code expected}.
   *
   * @param expected null: the key is expected to be absent
   * @param value null: the key is removed
   */
  public void compareAndSwap(
      Bytes key,
      @Nullable Bytes expected,
      @Nullable Bytes value,
      Duration ttl,
      Completion<? super CompareAndSwapResult> completion) {
    RawLimits.key(key);
    if (expected != null) {
      RawLimits.value(expected);
    }
    if (value != null) {
      RawLimits.value(value);
    }
    long ttlSeconds = RawLimits.ttlSeconds(ttl);
    core.submit(new CompareAndSwapCall(core, key, expected, value, ttlSeconds, completion));
  }

  /** Completes with the keys that are there, in the order asked for. */
  public void batchGet(List<Bytes> keys, Completion<? super Map<Bytes, Bytes>> completion) {
    RawLimits.keys(keys);
    if (keys.isEmpty()) {
      completion.succeeded(Map.of());
      return;
    }
    List<Bytes> asked = List.copyOf(keys);
    Map<Bytes, Bytes> valueByWireKey = new TreeMap<>();
    BatchGather<Map<Bytes, Bytes>> gather =
        new BatchGather<>(false, completion, () -> inOrder(asked, valueByWireKey));
    gather.begin();
    core.submit(
        new BatchGetPart(core, gather, new ArrayList<>(new TreeSet<>(asked)), valueByWireKey));
  }

  private Map<Bytes, Bytes> inOrder(List<Bytes> asked, Map<Bytes, Bytes> valueByWireKey) {
    Map<Bytes, Bytes> valueByKey = new LinkedHashMap<>();
    for (Bytes key : asked) {
      Bytes value = valueByWireKey.get(core.codec().toWire(key));
      if (value != null) {
        valueByKey.put(key, value);
      }
    }
    return Collections.unmodifiableMap(valueByKey);
  }

  /** Of several pairs with one key the last one counts. Atomic at most within a Region. */
  public void batchPut(List<KeyValue> pairs, Duration ttl, Completion<@Nullable Void> completion) {
    RawLimits.pairs(pairs);
    long ttlSeconds = RawLimits.ttlSeconds(ttl);
    if (pairs.isEmpty()) {
      completion.succeeded(null);
      return;
    }
    TreeMap<Bytes, KeyValue> pairByKey = new TreeMap<>();
    for (KeyValue pair : pairs) {
      pairByKey.put(pair.key(), pair);
    }
    BatchGather<@Nullable Void> gather = new BatchGather<>(true, completion, () -> null);
    gather.begin();
    core.submit(new BatchPutPart(core, gather, new ArrayList<>(pairByKey.values()), ttlSeconds));
  }

  public void batchDelete(List<Bytes> keys, Completion<@Nullable Void> completion) {
    RawLimits.keys(keys);
    if (keys.isEmpty()) {
      completion.succeeded(null);
      return;
    }
    BatchGather<@Nullable Void> gather = new BatchGather<>(true, completion, () -> null);
    gather.begin();
    core.submit(new BatchDeletePart(core, gather, new ArrayList<>(new TreeSet<>(keys))));
  }

  public void scan(RawScan scan, Completion<? super List<KeyValue>> completion) {
    RawLimits.limit(scan.limit());
    range(scan.range());
    if (scan.limit() == 0 || scan.range().isEmpty()) {
      completion.succeeded(List.of());
      return;
    }
    core.submit(new ScanStep(core, scan, completion));
  }

  public void deleteRange(KeyRange range, Completion<@Nullable Void> completion) {
    range(range);
    if (range.isEmpty()) {
      completion.succeeded(null);
      return;
    }
    core.submit(new DeleteRangeStep(core, range, completion));
  }

  public void checksum(KeyRange range, Completion<? super RawChecksum> completion) {
    range(range);
    if (range.isEmpty()) {
      completion.succeeded(RawChecksum.NONE);
      return;
    }
    core.submit(new ChecksumStep(core, range, completion));
  }

  private static void range(KeyRange range) {
    RawLimits.bound(range.start());
    RawLimits.bound(range.end());
  }
}
