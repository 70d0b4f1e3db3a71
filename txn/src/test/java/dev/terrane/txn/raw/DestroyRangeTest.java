package dev.terrane.txn.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.WriteBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A range is emptied on one of the stores that a client asks for it, which leads or does not. */
class DestroyRangeTest {
  private static final Bytes B = Bytes.ofUtf8("b");
  private static final Bytes D = Bytes.ofUtf8("d");

  private final RawFixture raw = new RawFixture(ApiVersion.V1);

  private void putKeys() {
    for (String family : List.of("default", "lock", "write")) {
      for (char key = 'a'; key <= 'e'; key++) {
        RawPair pair = new RawPair(Bytes.of(key), Bytes.of(key));
        raw.<Done>run(reply -> raw.commands.put(raw.context(family, 0), pair, 0, reply));
      }
    }
  }

  private List<RawFixture.Outcome<Done>> destroy(Bytes start, Bytes end) {
    List<RawFixture.Outcome<Done>> outcome =
        raw.start(reply -> raw.commands.destroyRange(start, end, raw::after, reply));
    raw.runReads();
    return outcome;
  }

  private String keys(String family) {
    ScanRange all = new ScanRange(Bytes.EMPTY, Bytes.EMPTY);
    StringBuilder keys = new StringBuilder();
    List<RawPair> rows =
        raw.<List<RawPair>>run(reply ->
                raw.commands.scan(raw.context(family, 0), all, 9, true, false, PairsList.of(reply)))
            .value();
    if (rows != null) {
      rows.forEach(row -> keys.append(row.key().toUtf8()));
    }
    return keys.toString();
  }

  @Test
  void aLeaderReplicatesTheDeletionInEveryFamilyAndWaitsForIt() {
    putKeys();
    int before = raw.storage.proposals();
    raw.storage.applyAtOnce(false);
    List<RawFixture.Outcome<Done>> outcome = destroy(B, D);
    assertThat(outcome).as("it is not applied yet").isEmpty();
    assertThat(raw.storage.proposals()).isEqualTo(before + 1);
    raw.storage.applyAll();
    assertThat(outcome.getFirst().answered()).isTrue();
    for (String family : List.of("default", "lock", "write")) {
      assertThat(keys(family)).isEqualTo("ade");
    }
  }

  @Test
  void itKeepsToTheRegionsThatAreHere() {
    putKeys();
    raw.storage.range(new KeyRange(Bytes.ofUtf8("c"), Bytes.EMPTY));
    assertThat(destroy(Bytes.EMPTY, D).getFirst().answered()).isTrue();
    raw.storage.range(KeyRange.ALL);
    assertThat(keys("default")).isEqualTo("abde");
  }

  @Test
  void whereAnotherStoreLeadsItIsWaitedUntilThatOneHasEmptiedIt() {
    putKeys();
    int before = raw.storage.proposals();
    raw.storage.leads(false);
    List<RawFixture.Outcome<Done>> outcome = destroy(B, D);
    raw.runDelayed();
    assertThat(outcome).isEmpty();
    assertThat(raw.storage.proposals()).as("only a leader writes").isEqualTo(before);

    KeyRange range = new KeyRange(B, D);
    raw.storage.engine.write(
        new WriteBatch()
            .deleteRange(ColumnFamily.DEFAULT, range)
            .deleteRange(ColumnFamily.LOCK, range));
    raw.runDelayed();
    assertThat(outcome).as("one family still has keys").isEmpty();
    raw.storage.engine.write(new WriteBatch().deleteRange(ColumnFamily.WRITE, range));
    raw.runDelayed();
    assertThat(outcome.getFirst().answered()).isTrue();
    assertThat(raw.storage.openReaders()).isZero();
  }

  /** The other store may have been asked while it did not lead yet either. */
  @Test
  void whoComesToLeadMeanwhileDeletesAfterAll() {
    putKeys();
    raw.storage.leads(false);
    List<RawFixture.Outcome<Done>> outcome = destroy(B, D);
    raw.storage.leads(true);
    raw.runDelayed();
    assertThat(outcome.getFirst().answered()).isTrue();
    assertThat(keys("default")).isEqualTo("ade");
  }

  @Test
  void whatIsRefusedIsTriedAgainAndThenSaidToBeUndone() {
    putKeys();
    raw.storage.routeIsWrong(new RegionError.UndeterminedResult("nobody has said"));
    List<RawFixture.Outcome<Done>> outcome = destroy(B, D);
    raw.passSeconds(1);
    raw.runDelayed();
    assertThat(outcome).isEmpty();
    raw.passSeconds(1);
    raw.runDelayed();
    RawRejection why = outcome.getFirst().rejection();
    assertThat(why).isInstanceOf(RawRejection.NotDestroyedYet.class);
    assertThat(raw.runDelayed()).as("nothing of it is still to come").isZero();
  }

  @Test
  void versionTwoTakesRangesOfAnyModeAndRangesWithoutKeysCostNothing() {
    RawFixture v2 = new RawFixture(ApiVersion.V2);
    v2.put(Bytes.of('r', 0, 0, 0, 1), B, 0);
    v2.put(Bytes.of('r', 0, 0, 1, 1), B, 0);
    int before = v2.storage.proposals();
    assertThat(v2.<Done>run(reply -> v2.commands.destroyRange(D, B, v2::after, reply)).answered())
        .isTrue();
    assertThat(v2.storage.proposals()).isEqualTo(before);
    for (List<Bytes> bounds :
        List.of(
            List.of(Bytes.of('x', 0, 0, 0), Bytes.of('x', 0, 0, 1)),
            List.of(Bytes.of('r', 0, 0, 0), Bytes.of('r', 0, 0, 1)))) {
      assertThat(
              v2.<Done>run(reply ->
                      v2.commands.destroyRange(
                          bounds.getFirst(), bounds.getLast(), v2::after, reply))
                  .answered())
          .isTrue();
    }
    assertThat(v2.get(Bytes.of('r', 0, 0, 0, 1))).isNull();
    assertThat(v2.get(Bytes.of('r', 0, 0, 1, 1))).isEqualTo(B);
    assertThat(
            v2.<Done>run(
                    reply -> v2.commands.destroyRange(Bytes.EMPTY, Bytes.EMPTY, v2::after, reply))
                .answered())
        .isTrue();
    assertThat(v2.get(Bytes.of('r', 0, 0, 1, 1))).isNull();
  }
}
