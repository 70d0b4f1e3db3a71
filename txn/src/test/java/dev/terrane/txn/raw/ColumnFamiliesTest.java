package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.engine.ColumnFamily;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Raw keys of version 1 in families that the request names: each is a key space of its own. */
class ColumnFamiliesTest {
  private static final List<String> NAMES = List.of("default", "lock", "write");
  private static final Bytes KEY = Bytes.ofUtf8("key");

  private static Bytes value(String family) {
    return Bytes.ofUtf8("in " + family);
  }

  private static @Nullable Bytes get(RawFixture raw, String family) {
    return raw.<@Nullable Bytes>run(reply -> raw.commands.get(raw.context(family, 0), KEY, reply))
        .value();
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V1TTL"})
  void theSameKeyIsAnotherInEachFamily(ApiVersion version) {
    RawFixture raw = new RawFixture(version);
    for (String family : NAMES) {
      RawPair pair = new RawPair(KEY, value(family));
      assertThat(
              raw.<Done>run(reply -> raw.commands.put(raw.context(family, 0), pair, 0, reply))
                  .answered())
          .isTrue();
    }
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    for (String family : NAMES) {
      RawContext context = raw.context(family, 0);
      List<RawPair> only = List.of(new RawPair(KEY, value(family)));
      assertThat(get(raw, family)).isEqualTo(value(family));
      assertThat(
              raw.<List<RawPair>>run(
                      reply -> raw.commands.batchGet(context, List.of(KEY), PairsList.of(reply)))
                  .value())
          .isEqualTo(only);
      assertThat(
              raw.<List<RawPair>>run(reply ->
                      raw.commands.scan(context, all, 9, false, false, PairsList.of(reply)))
                  .value())
          .isEqualTo(only);
    }
    assertThat(raw.get(KEY)).as("no name is the first").isEqualTo(value("default"));
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V1TTL"})
  void whatIsWrittenInOneFamilyIsNotInAnother(ApiVersion version) {
    RawFixture raw = new RawFixture(version);
    RawContext write = raw.context("write", 0);
    RawContext lock = raw.context("lock", 0);
    List<RawPair> pairs = List.of(new RawPair(KEY, value("write")));
    raw.<Done>run(reply -> raw.commands.batchPut(write, pairs, List.of(), reply));
    RawPair swapped = new RawPair(KEY, value("lock"));
    assertThat(
            raw.<CompareAndSwapAnswer>run(
                    reply -> raw.commands.compareAndSwap(lock, swapped, null, 0, reply))
                .value())
        .as("it is not in this family")
        .isEqualTo(new CompareAndSwapAnswer(true, null));
    assertThat(raw.get(KEY)).isNull();
    assertThat(get(raw, "write")).isEqualTo(value("write"));

    raw.<Done>run(reply -> raw.commands.deleteRange(lock, Bytes.EMPTY, Bytes.EMPTY, reply));
    assertThat(get(raw, "lock")).isNull();
    assertThat(get(raw, "write")).isEqualTo(value("write"));
    raw.<Done>run(reply -> raw.commands.delete(write, KEY, reply));
    assertThat(get(raw, "write")).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = "V1TTL")
  void anExpiredValueIsDeletedWhereItWasMet(ApiVersion version) {
    RawFixture raw = new RawFixture(version);
    RawContext lock = raw.context("lock", 0);
    raw.<Done>run(reply -> raw.commands.put(lock, new RawPair(KEY, KEY), 1, reply));
    raw.put(KEY, KEY, 0);
    raw.passSeconds(2);
    assertThat(get(raw, "lock")).isNull();
    assertThat(raw.storage.engine.get(ColumnFamily.LOCK, KEY)).isNull();
    assertThat(raw.get(KEY)).isEqualTo(KEY);
  }
}
