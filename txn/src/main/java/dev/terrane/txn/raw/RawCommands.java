package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.TimeSource;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.MutationsBuilder;
import dev.terrane.txn.ReadPool;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.latch.LatchMode;
import dev.terrane.txn.latch.Latches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The raw commands of one store: checks a request, runs it, and replies exactly once. Keys and
 * values are the user's; numbers are the wire's.
 *
 * <p>Thread-safe. No call blocks; a reply comes on the caller's thread or any other.
 */
public final class RawCommands {
  /** A hundred years: beyond that it is a mistake of units. */
  static final long TTL_SECONDS_MAX = 100L * 366 * 24 * 3600;

  private final RawEnvironment environment;
  private final RawChecks checks;
  private final RawCodec codec;

  /**
   * @param apiVersion how the cluster stores keys, the same at every start
   * @param failures told of failures of the engine, before the command is answered
   */
  public RawCommands(
      RegionStorage storage,
      ApiVersion apiVersion,
      RawLimits limits,
      Latches latches,
      ReadPool readPool,
      TimeSource time,
      Consumer<RuntimeException> failures) {
    this.codec = RawCodec.of(apiVersion);
    this.checks = new RawChecks(apiVersion, codec, limits);
    this.environment =
        new RawEnvironment(
            storage,
            codec,
            apiVersion.hasTtl(),
            limits,
            latches,
            readPool,
            time,
            new ExpiryCleaner(storage),
            failures);
  }

  // ---- reads

  /** Answers the value of {@code key}, or null. */
  public void get(RawContext context, Bytes key, RawReply<@Nullable Bytes> reply) {
    if (rejects(reply, checks.context(context), checks.key(key))) {
      return;
    }
    Bytes engineKey = codec.engineKey(key);
    read(context, KeySpan.of(engineKey), new Get(environment, context, engineKey, reply));
  }

  /** Answers what is left of the life of {@code key}, or null if there is no such key. */
  public void timeToLive(RawContext context, Bytes key, RawReply<@Nullable TimeToLive> reply) {
    RawRejection noTtl = environment.hasTtl() ? null : new RawRejection.TtlDisabled();
    if (rejects(reply, checks.context(context), noTtl, checks.key(key))) {
      return;
    }
    Bytes engineKey = codec.engineKey(key);
    read(context, KeySpan.of(engineKey), new GetTimeToLive(environment, context, engineKey, reply));
  }

  /** Answers the pairs that exist, in the order of {@code keys}. */
  public void batchGet(RawContext context, List<Bytes> keys, RawReply<List<RawPair>> reply) {
    if (rejects(reply, checks.context(context), checks.keys(keys))) {
      return;
    }
    if (keys.isEmpty()) {
      reply.answer(List.of());
      return;
    }
    List<Bytes> engineKeys = engineKeys(keys);
    read(
        context,
        KeySpan.of(engineKeys),
        new BatchGet(environment, context, List.copyOf(keys), engineKeys, reply));
  }

  /**
   * Answers up to {@code limit} pairs; fewer only if the range's part in the Region has no more.
   */
  public void scan(
      RawContext context,
      ScanRange range,
      long limit,
      boolean keyOnly,
      boolean reverse,
      RawReply<List<RawPair>> reply) {
    batchScan(context, List.of(range), limit, keyOnly, reverse, reply);
  }

  /** Like {@link #scan} for each of {@code ranges}, one after the other. */
  public void batchScan(
      RawContext context,
      List<ScanRange> ranges,
      long limitOfEach,
      boolean keyOnly,
      boolean reverse,
      RawReply<List<RawPair>> reply) {
    if (rejects(
        reply,
        checks.context(context),
        checks.limit(limitOfEach),
        checks.limit(limitOfEach * ranges.size()),
        checks.ranges(ranges, reverse))) {
      return;
    }
    if (limitOfEach == 0 || ranges.isEmpty()) {
      reply.answer(List.of());
      return;
    }
    List<ScanRange> copy = List.copyOf(ranges);
    read(
        context,
        null,
        new Scan(environment, context, copy, (int) limitOfEach, keyOnly, reverse, reply));
  }

  /**
   * Sums up the live pairs of {@code ranges}.
   *
   * @param algorithm the wire's number; only 0, CRC-64/XZ combined by XOR, is known
   */
  public void checksum(
      RawContext context, int algorithm, List<ScanRange> ranges, RawReply<ChecksumAnswer> reply) {
    RawRejection unknown = algorithm == 0 ? null : new RawRejection.UnknownAlgorithm(algorithm);
    if (rejects(reply, checks.context(context), unknown, checks.ranges(ranges, false))) {
      return;
    }
    read(context, null, new Checksum(environment, context, List.copyOf(ranges), reply));
  }

  // ---- writes

  /**
   * Sets {@code pair}'s key.
   *
   * @param ttlSeconds unsigned; 0 for no expiry
   */
  public void put(RawContext context, RawPair pair, long ttlSeconds, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.pair(pair), checks.ttl(ttlSeconds))) {
      return;
    }
    Bytes engineKey = codec.engineKey(pair.key());
    Bytes engineValue = codec.engineValue(pair.value(), expiryAfter(ttlSeconds));
    write(context, engineKey, Mutations.put(ColumnFamily.DEFAULT, engineKey, engineValue), reply);
  }

  /**
   * Sets all {@code pairs}, all or none; of two with the same key the later one wins.
   *
   * @param ttls empty for no expiry, one for all, or one for each
   */
  public void batchPut(
      RawContext context, List<RawPair> pairs, List<Long> ttls, RawReply<Done> reply) {
    if (rejects(
        reply, checks.context(context), checks.pairs(pairs), checks.ttls(ttls, pairs.size()))) {
      return;
    }
    List<Bytes> engineKeys = new ArrayList<>(pairs.size());
    MutationsBuilder mutations = new MutationsBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      long ttl = ttls.isEmpty() ? 0 : ttls.get(ttls.size() == 1 ? 0 : i);
      Bytes engineKey = codec.engineKey(pairs.get(i).key());
      engineKeys.add(engineKey);
      mutations.put(
          ColumnFamily.DEFAULT,
          engineKey,
          codec.engineValue(pairs.get(i).value(), expiryAfter(ttl)));
    }
    write(context, engineKeys, mutations, reply);
  }

  /** Removes {@code key}, if it is there. */
  public void delete(RawContext context, Bytes key, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.key(key))) {
      return;
    }
    Bytes engineKey = codec.engineKey(key);
    write(context, engineKey, Mutations.delete(ColumnFamily.DEFAULT, engineKey), reply);
  }

  /** Removes all {@code keys}, all or none. */
  public void batchDelete(RawContext context, List<Bytes> keys, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.keys(keys))) {
      return;
    }
    List<Bytes> engineKeys = engineKeys(keys);
    MutationsBuilder mutations = new MutationsBuilder();
    engineKeys.forEach(key -> mutations.delete(ColumnFamily.DEFAULT, key));
    write(context, engineKeys, mutations, reply);
  }

  /** Removes every key of {@code start <= key < end}; an empty end is above every key. */
  public void deleteRange(RawContext context, Bytes start, Bytes end, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.range(start, end))) {
      return;
    }
    KeyRange range = codec.engineRange(start, end);
    if (range.isEmpty()) {
      reply.answer(Done.DONE);
      return;
    }
    BlindWrite write =
        new BlindWrite(
            environment,
            context.region(),
            range,
            Mutations.deleteRange(ColumnFamily.DEFAULT, range),
            reply);
    write.start(environment.latches().ofAllKeys(LatchMode.SHARED, write::propose));
  }

  /**
   * Sets {@code pair}'s key if it has the value {@code expected}, or none where that is null.
   *
   * @param ttlSeconds unsigned; 0 for no expiry
   */
  public void compareAndSwap(
      RawContext context,
      RawPair pair,
      @Nullable Bytes expected,
      long ttlSeconds,
      RawReply<CompareAndSwapAnswer> reply) {
    if (rejects(reply, checks.context(context), checks.pair(pair), checks.ttl(ttlSeconds))) {
      return;
    }
    Bytes engineKey = codec.engineKey(pair.key());
    Bytes engineValue = codec.engineValue(pair.value(), expiryAfter(ttlSeconds));
    swap(
        context,
        engineKey,
        expected,
        Mutations.put(ColumnFamily.DEFAULT, engineKey, engineValue),
        reply);
  }

  /** Removes {@code key} if it has the value {@code expected}; does nothing where that is null. */
  public void compareAndDelete(
      RawContext context,
      Bytes key,
      @Nullable Bytes expected,
      RawReply<CompareAndSwapAnswer> reply) {
    if (rejects(reply, checks.context(context), checks.key(key))) {
      return;
    }
    Bytes engineKey = codec.engineKey(key);
    swap(context, engineKey, expected, Mutations.delete(ColumnFamily.DEFAULT, engineKey), reply);
  }

  // ---- shared steps

  private <T extends @Nullable Object> boolean rejects(
      RawReply<T> reply, @Nullable RawRejection... rejections) {
    for (RawRejection rejection : rejections) {
      if (rejection != null) {
        reply.rejected(rejection);
        return true;
      }
    }
    return false;
  }

  private void read(RawContext context, @Nullable KeyRange keys, RegionRead<?> command) {
    environment.storage().read(context.region(), context.readMode(), keys, command);
  }

  private void write(
      RawContext context, Bytes engineKey, Mutations mutations, RawReply<Done> reply) {
    BlindWrite write =
        new BlindWrite(environment, context.region(), KeySpan.of(engineKey), mutations, reply);
    write.start(environment.latches().of(engineKey, LatchMode.SHARED, write::propose));
  }

  private void write(
      RawContext context,
      List<Bytes> engineKeys,
      MutationsBuilder mutations,
      RawReply<Done> reply) {
    if (engineKeys.isEmpty()) {
      reply.answer(Done.DONE);
      return;
    }
    BlindWrite write =
        new BlindWrite(
            environment, context.region(), KeySpan.of(engineKeys), mutations.build(), reply);
    write.start(environment.latches().of(engineKeys, LatchMode.SHARED, write::propose));
  }

  private void swap(
      RawContext context,
      Bytes engineKey,
      @Nullable Bytes expected,
      Mutations mutations,
      RawReply<CompareAndSwapAnswer> reply) {
    LatchedReply<CompareAndSwapAnswer> latched = new LatchedReply<>(environment.latches(), reply);
    new CompareAndSwap(environment, context, engineKey, expected, mutations, latched).start();
  }

  private List<Bytes> engineKeys(List<Bytes> keys) {
    List<Bytes> engineKeys = new ArrayList<>(keys.size());
    for (Bytes key : keys) {
      engineKeys.add(codec.engineKey(key));
    }
    return engineKeys;
  }

  private long expiryAfter(long ttlSeconds) {
    return ttlSeconds == 0 ? 0 : environment.nowSeconds() + ttlSeconds;
  }
}
