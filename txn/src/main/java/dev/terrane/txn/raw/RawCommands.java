package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.TimeSource;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.Delays;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.MutationsBuilder;
import dev.terrane.txn.ReadMode;
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
  /** A batch of more keys, pairs or ranges is checked and encoded on the read pool. */
  static final int PREPARED_AT_ONCE_ITEMS = 512;

  /** The same in bytes, which are copied twice. */
  static final int PREPARED_AT_ONCE_BYTES = 512 << 10;

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

  /** Why so many keys or pairs in one request are refused, whatever they are; null if not. */
  public @Nullable RawRejection refusesItems(int items) {
    return checks.items(items);
  }

  /** The same for ranges. */
  public @Nullable RawRejection refusesRanges(int ranges) {
    return checks.rangeCount(ranges);
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
  public void batchGet(RawContext context, List<Bytes> keys, PairsReply reply) {
    prepared(keys.size(), 0, reply, () -> prepareGet(context, keys, reply));
  }

  private void prepareGet(RawContext context, List<Bytes> keys, PairsReply reply) {
    if (rejects(reply, checks.context(context), checks.keysToRead(keys))) {
      return;
    }
    if (keys.isEmpty()) {
      answerIfRouted(context, context.readMode(), reply, Done.DONE);
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
      PairsReply reply) {
    List<ScanRange> one = List.of(range);
    if (!rejects(
        reply, checks.context(context), checks.limit(limit), checks.ranges(one, reverse))) {
      scanAll(context, one, limit, keyOnly, reverse, reply);
    }
  }

  /**
   * Like {@link #scan} for each of {@code ranges}, one after the other. An empty end before the
   * last range is where the next one starts.
   */
  public void batchScan(
      RawContext context,
      List<ScanRange> ranges,
      long limitOfEach,
      boolean keyOnly,
      boolean reverse,
      PairsReply reply) {
    prepared(
        ranges.size(),
        0,
        reply,
        () -> prepareScan(context, ranges, limitOfEach, keyOnly, reverse, reply));
  }

  private void prepareScan(
      RawContext context,
      List<ScanRange> ranges,
      long limitOfEach,
      boolean keyOnly,
      boolean reverse,
      PairsReply reply) {
    List<ScanRange> ended = endedByTheNext(ranges);
    if (!rejects(
        reply,
        checks.context(context),
        checks.limit(limitOfEach),
        checks.ranges(ended, reverse),
        checks.directions(ended, reverse))) {
      scanAll(context, ended, limitOfEach, keyOnly, reverse, reply);
    }
  }

  private static List<ScanRange> endedByTheNext(List<ScanRange> ranges) {
    List<ScanRange> ended = new ArrayList<>(ranges);
    for (int i = 0; i + 1 < ended.size(); i++) {
      ScanRange range = ended.get(i);
      if (range.end().isEmpty()) {
        ended.set(i, new ScanRange(range.start(), ranges.get(i + 1).start()));
      }
    }
    return ended;
  }

  private void scanAll(
      RawContext context,
      List<ScanRange> ranges,
      long limitOfEach,
      boolean keyOnly,
      boolean reverse,
      PairsReply reply) {
    if (limitOfEach == 0 || ranges.isEmpty()) {
      answerIfRouted(context, context.readMode(), reply, Done.DONE);
      return;
    }
    read(
        context,
        null,
        new Scan(environment, context, ranges, (int) limitOfEach, keyOnly, reverse, reply));
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
    prepared(1, pair.value().length(), reply, () -> preparePut(context, pair, ttlSeconds, reply));
  }

  private void preparePut(RawContext context, RawPair pair, long ttlSeconds, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.key(pair.key()), checks.ttl(ttlSeconds))
        || refuses(context, reply, checks.size(context, pair))) {
      return;
    }
    Bytes engineKey = codec.engineKey(pair.key());
    Bytes engineValue = codec.engineValue(pair.value(), environment.expiryAfter(ttlSeconds));
    write(context, engineKey, Mutations.put(context.family(), engineKey, engineValue), reply);
  }

  /**
   * Sets all {@code pairs}, all or none; of two with the same key the later one wins.
   *
   * @param ttls empty for no expiry, one for all, or one for each
   */
  public void batchPut(
      RawContext context, List<RawPair> pairs, List<Long> ttls, RawReply<Done> reply) {
    prepared(pairs.size(), bytesOf(pairs), reply, () -> preparePut(context, pairs, ttls, reply));
  }

  private void preparePut(
      RawContext context, List<RawPair> pairs, List<Long> ttls, RawReply<Done> reply) {
    if (rejects(
            reply, checks.context(context), checks.keysOf(pairs), checks.ttls(ttls, pairs.size()))
        || refuses(context, reply, checks.size(context, pairs))) {
      return;
    }
    List<Bytes> engineKeys = new ArrayList<>(pairs.size());
    MutationsBuilder mutations = new MutationsBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      long ttl = ttls.isEmpty() ? 0 : ttls.get(ttls.size() == 1 ? 0 : i);
      Bytes engineKey = codec.engineKey(pairs.get(i).key());
      engineKeys.add(engineKey);
      mutations.put(
          context.family(),
          engineKey,
          codec.engineValue(pairs.get(i).value(), environment.expiryAfter(ttl)));
    }
    write(context, engineKeys, mutations, reply);
  }

  /** Removes {@code key}, if it is there. */
  public void delete(RawContext context, Bytes key, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.key(key))) {
      return;
    }
    Bytes engineKey = codec.engineKey(key);
    write(context, engineKey, Mutations.delete(context.family(), engineKey), reply);
  }

  /** Removes all {@code keys}, all or none. */
  public void batchDelete(RawContext context, List<Bytes> keys, RawReply<Done> reply) {
    prepared(keys.size(), 0, reply, () -> prepareDelete(context, keys, reply));
  }

  private void prepareDelete(RawContext context, List<Bytes> keys, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.keys(keys))
        || refuses(context, reply, checks.sizeOfKeys(context, keys))) {
      return;
    }
    List<Bytes> engineKeys = engineKeys(keys);
    MutationsBuilder mutations = new MutationsBuilder();
    engineKeys.forEach(key -> mutations.delete(context.family(), key));
    write(context, engineKeys, mutations, reply);
  }

  /** Removes every key of {@code start <= key < end}; an empty end is above every key. */
  public void deleteRange(RawContext context, Bytes start, Bytes end, RawReply<Done> reply) {
    if (rejects(reply, checks.context(context), checks.range(start, end))) {
      return;
    }
    KeyRange range = codec.engineRange(start, end);
    if (range.isEmpty()) {
      answerIfRouted(context, ReadMode.LEADER, reply, Done.DONE);
      return;
    }
    BlindWrite write =
        new BlindWrite(
            environment, context, range, Mutations.deleteRange(context.family(), range), reply);
    write.start(environment.latches().ofAllKeys(LatchMode.SHARED, write::propose));
  }

  /**
   * Removes every key of {@code start <= key < end}, empty bounds being none, from all Regions and
   * column families of this store: for a client that asks every store for it at the same time, and
   * never uses the range meanwhile. See {@link DestroyRange}.
   */
  public void destroyRange(Bytes start, Bytes end, Delays delays, RawReply<Done> reply) {
    KeyRange range = codec.engineRangeOfAnyMode(start, end);
    if (range.isEmpty()) {
      reply.answer(Done.DONE);
      return;
    }
    new DestroyRange(environment, delays, reply).start(range);
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
    if (rejects(reply, checks.context(context), checks.key(pair.key()), checks.ttl(ttlSeconds))
        || refuses(context, reply, checks.size(context, pair))) {
      return;
    }
    Bytes engineKey = codec.engineKey(pair.key());
    Bytes engineValue = codec.engineValue(pair.value(), environment.expiryAfter(ttlSeconds));
    swap(
        context,
        engineKey,
        expected,
        Mutations.put(context.family(), engineKey, engineValue),
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
    swap(context, engineKey, expected, Mutations.delete(context.family(), engineKey), reply);
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

  /** The same for what only a right route may be told. */
  private <T> boolean refuses(
      RawContext context, RawReply<T> reply, @Nullable RegionError tooLarge) {
    if (tooLarge == null) {
      return false;
    }
    RouteCheck.thenRefuse(environment, context, ReadMode.LEADER, reply, tooLarge)
        .start(ReadMode.LEADER);
    return true;
  }

  private <T> void answerIfRouted(RawContext context, ReadMode mode, RawReply<T> reply, T answer) {
    RouteCheck.thenAnswer(environment, context, mode, reply, answer).start(mode);
  }

  /**
   * Prepares a batch here, or on the read pool where that takes long: the caller may be a loop that
   * others wait for.
   */
  private void prepared(int items, long bytes, RawReply<?> reply, Runnable preparation) {
    if (items <= PREPARED_AT_ONCE_ITEMS && bytes <= PREPARED_AT_ONCE_BYTES) {
      preparation.run();
    } else if (!environment.readPool().submit(preparation)) {
      reply.refused(RawEnvironment.TOO_MANY_READS);
    }
  }

  /** Of as many as are prepared at once. */
  private static long bytesOf(List<RawPair> pairs) {
    long bytes = 0;
    for (int i = 0; i < Math.min(pairs.size(), PREPARED_AT_ONCE_ITEMS); i++) {
      bytes += (long) pairs.get(i).key().length() + pairs.get(i).value().length();
    }
    return bytes;
  }

  private void read(RawContext context, @Nullable KeyRange keys, RegionRead<?> command) {
    environment.storage().read(context.region(), context.readMode(), keys, command);
  }

  private void write(
      RawContext context, Bytes engineKey, Mutations mutations, RawReply<Done> reply) {
    BlindWrite write =
        new BlindWrite(environment, context, KeySpan.of(engineKey), mutations, reply);
    write.start(environment.latches().of(engineKey, LatchMode.SHARED, write::propose));
  }

  private void write(
      RawContext context,
      List<Bytes> engineKeys,
      MutationsBuilder mutations,
      RawReply<Done> reply) {
    if (engineKeys.isEmpty()) {
      answerIfRouted(context, ReadMode.LEADER, reply, Done.DONE);
      return;
    }
    BlindWrite write =
        new BlindWrite(environment, context, KeySpan.of(engineKeys), mutations.build(), reply);
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
}
