package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random commands against a sorted map with expiries, for every way of storing keys. */
class RawCommandsModelTest {
  private static final int SEEDS = 12;
  private static final int COMMANDS = 400;

  private record Stored(Bytes value, long expiresAt) {}

  @ParameterizedTest
  @EnumSource(ApiVersion.class)
  void answersAsASortedMapWouldWhateverIsInMemory(ApiVersion version) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Run(version, seed).play();
    }
  }

  private static final class Run {
    private final ApiVersion version;
    private final String name;
    private final RandomGenerator random;
    private final RawFixture raw;
    private final NavigableMap<Bytes, Stored> model = new TreeMap<>();

    Run(ApiVersion version, long seed) {
      this.version = version;
      this.name = version + " seed " + seed;
      this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      this.raw = new RawFixture(version);
      raw.storage.disk.setColdReadEvery((int) (seed % 3));
    }

    void play() {
      for (int i = 0; i < COMMANDS; i++) {
        one();
        assertThat(raw.storage.openReaders()).as(name).isZero();
        assertThat(raw.latches.waiting()).as(name).isZero();
      }
      assertThat(raw.failures).as(name).isEmpty();
    }

    private void one() {
      switch (random.nextInt(10)) {
        case 0 -> raw.passSeconds(random.nextInt(3));
        case 1 -> batchPut();
        case 2 -> delete();
        case 3 -> deleteRange();
        case 4 -> compareAndSwap();
        case 5 -> batchGet();
        case 6 -> scan();
        case 7 -> checksum();
        case 8 -> timeToLive();
        default -> put();
      }
      Bytes key = key();
      assertThat(raw.get(key)).as(name).isEqualTo(live(key));
    }

    private Bytes key() {
      Bytes suffix = Bytes.ofUtf8("" + (char) ('a' + random.nextInt(12)));
      return version == ApiVersion.V2
          ? Bytes.of('r', 0, 0, 0).concat(suffix)
          : random.nextInt(12) == 0 ? Bytes.EMPTY : suffix;
    }

    private Bytes value() {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      return Bytes.wrap(bytes);
    }

    private long ttl() {
      return version.hasTtl() && random.nextBoolean() ? 1 + random.nextInt(4) : 0;
    }

    private long now() {
      return raw.wallMillis() / 1000;
    }

    private @Nullable Bytes live(Bytes key) {
      Stored stored = model.get(key);
      return stored == null || (stored.expiresAt != 0 && stored.expiresAt <= now())
          ? null
          : stored.value;
    }

    private void store(Bytes key, Bytes value, long ttl) {
      model.put(key, new Stored(value, ttl == 0 ? 0 : now() + ttl));
    }

    private void put() {
      Bytes key = key();
      Bytes value = value();
      long ttl = ttl();
      raw.put(key, value, ttl);
      store(key, value, ttl);
    }

    private void batchPut() {
      List<RawPair> pairs = new ArrayList<>();
      List<Long> ttls = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        pairs.add(new RawPair(key(), value()));
        ttls.add(ttl());
      }
      assertThat(
              raw.<Done>run(reply -> raw.commands.batchPut(raw.context, pairs, ttls, reply))
                  .answered())
          .as(name)
          .isTrue();
      for (int i = 0; i < pairs.size(); i++) {
        store(pairs.get(i).key(), pairs.get(i).value(), ttls.get(i));
      }
    }

    private void delete() {
      Bytes one = key();
      List<Bytes> keys = List.of(key(), key());
      assertThat(raw.<Done>run(reply -> raw.commands.delete(raw.context, one, reply)).answered())
          .isTrue();
      assertThat(
              raw.<Done>run(reply -> raw.commands.batchDelete(raw.context, keys, reply)).answered())
          .isTrue();
      model.remove(one);
      keys.forEach(model::remove);
    }

    private void deleteRange() {
      Bytes start = key();
      Bytes end = key();
      assertThat(
              raw.<Done>run(reply -> raw.commands.deleteRange(raw.context, start, end, reply))
                  .answered())
          .isTrue();
      model.keySet().removeIf(new KeyRange(start, end)::contains);
    }

    private void compareAndSwap() {
      Bytes key = key();
      Bytes before = live(key);
      Bytes expected = random.nextInt(3) == 0 ? value() : before;
      boolean matches = Objects.equals(expected, before);
      Bytes value = value();
      long ttl = ttl();
      boolean delete = random.nextInt(3) == 0;
      CompareAndSwapAnswer answer =
          raw.<CompareAndSwapAnswer>run(
                  reply -> {
                    if (delete) {
                      raw.commands.compareAndDelete(raw.context, key, expected, reply);
                    } else {
                      RawPair pair = new RawPair(key, value);
                      raw.commands.compareAndSwap(raw.context, pair, expected, ttl, reply);
                    }
                  })
              .value();
      assertThat(answer).as(name).isEqualTo(new CompareAndSwapAnswer(matches, before));
      if (matches && delete) {
        model.remove(key);
      } else if (matches) {
        store(key, value, ttl);
      }
    }

    private void batchGet() {
      List<Bytes> keys = List.of(key(), key(), key());
      List<RawPair> expected = new ArrayList<>();
      for (Bytes key : keys) {
        Bytes value = live(key);
        if (value != null) {
          expected.add(new RawPair(key, value));
        }
      }
      assertThat(
              raw.<List<RawPair>>run(
                      reply -> raw.commands.batchGet(raw.context, keys, PairsList.of(reply)))
                  .value())
          .as(name)
          .isEqualTo(expected);
    }

    private void scan() {
      Bytes a = key();
      Bytes b = key();
      boolean reverse = random.nextBoolean();
      boolean keyOnly = random.nextBoolean();
      int limit = 1 + random.nextInt(8);
      Bytes lower = a.compareTo(b) <= 0 ? a : b;
      // An upper bound that is empty is none, as on the wire.
      Bytes upper = a.compareTo(b) <= 0 ? b : a;
      ScanRange range = reverse ? new ScanRange(upper, lower) : new ScanRange(lower, upper);
      assertThat(
              raw.<List<RawPair>>run(reply ->
                      raw.commands.scan(
                          raw.context, range, limit, keyOnly, reverse, PairsList.of(reply)))
                  .value())
          .as(name)
          .isEqualTo(rows(new KeyRange(lower, upper), limit, keyOnly, reverse));
    }

    private List<RawPair> rows(KeyRange range, int limit, boolean keyOnly, boolean reverse) {
      List<RawPair> rows = new ArrayList<>();
      for (Map.Entry<Bytes, Stored> entry : (reverse ? model.descendingMap() : model).entrySet()) {
        Bytes value = live(entry.getKey());
        if (range.contains(entry.getKey()) && value != null && rows.size() < limit) {
          rows.add(new RawPair(entry.getKey(), keyOnly ? Bytes.EMPTY : value));
        }
      }
      return rows;
    }

    private void checksum() {
      Bytes start = key();
      Bytes end = key().successor();
      long checksum = 0;
      long bytes = 0;
      List<RawPair> rows = rows(new KeyRange(start, end), Integer.MAX_VALUE, false, false);
      for (RawPair row : rows) {
        checksum ^= Crc64.update(Crc64.update(Crc64.NOTHING, row.key()), row.value());
        bytes += row.key().length() + (long) row.value().length();
      }
      List<ScanRange> ranges = List.of(new ScanRange(start, end));
      assertThat(
              raw.<ChecksumAnswer>run(reply -> raw.commands.checksum(raw.context, 0, ranges, reply))
                  .value())
          .as(name)
          .isEqualTo(new ChecksumAnswer(checksum, rows.size(), bytes));
    }

    private void timeToLive() {
      Bytes key = key();
      RawFixture.Outcome<@Nullable TimeToLive> outcome =
          raw.run(reply -> raw.commands.timeToLive(raw.context, key, reply));
      if (!version.hasTtl()) {
        assertThat(outcome.rejection()).isEqualTo(new RawRejection.TtlDisabled());
        return;
      }
      Stored stored = live(key) == null ? null : model.get(key);
      TimeToLive expected =
          stored == null
              ? null
              : new TimeToLive(stored.expiresAt == 0 ? 0 : stored.expiresAt - now());
      assertThat(outcome.value()).as(name).isEqualTo(expected);
    }
  }
}
