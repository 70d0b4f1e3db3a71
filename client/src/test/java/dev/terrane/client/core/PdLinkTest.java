package dev.terrane.client.core;

import static dev.terrane.client.core.Bench.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.client.ClientClosedException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.NotBootstrappedException;
import dev.terrane.client.PdMembers;
import dev.terrane.client.RefusedException;
import dev.terrane.client.RegionInfo;
import dev.terrane.client.StoreInfo;
import dev.terrane.client.UnavailableException;
import dev.terrane.client.UndeterminedException;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PdLinkTest {
  private final Bench bench = new Bench();

  private Outcome<Long> timestamp() {
    return bench.run(outcome -> bench.pd.timestamp(outcome));
  }

  @Test
  void answersAboutTheCluster() {
    bench.cluster.split(key("m"));
    Outcome<PdMembers> members = bench.run(outcome -> bench.pd.members(outcome));
    Outcome<List<StoreInfo>> stores = bench.run(outcome -> bench.pd.stores(outcome));
    Outcome<List<RegionInfo>> regions =
        bench.run(outcome -> bench.pd.regions(KeyRange.ALL, 10, outcome));

    assertThat(members.answer())
        .isNotNull()
        .satisfies(each -> {
          assertThat(each.clusterId()).isEqualTo(FakePd.CLUSTER_ID);
          assertThat(each.members()).hasSize(2);
          assertThat(each.members().get(0).leader()).isTrue();
        });
    assertThat(stores.answer()).extracting(StoreInfo::id).containsExactly(1L, 2L, 3L);
    assertThat(regions.answer()).hasSize(2).allMatch(each -> each.leader().isPresent());
    assertThat(timestamp().answer()).isEqualTo((1000L << 18) + 1);
  }

  @Test
  void followsTheLeaderOfPd() {
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.cluster.pd().lead("pd2:2379");
    assertThat(timestamp().hasSucceeded()).isTrue();
  }

  @Test
  void findsANewLeaderWhenTheOldOneIsGone() {
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.network.cutOff("pd1:2379");
    bench.cluster.pd().lead("pd2:2379");
    assertThat(timestamp().hasSucceeded()).isTrue();
  }

  @Test
  void findsANewLeaderWhenTheOldOneIsSilent() {
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.network.silence("pd1:2379");
    bench.cluster.pd().lead("pd2:2379");
    assertThat(timestamp().hasSucceeded()).isTrue();
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    bench.network.silence("pd1:2379");
    assertThat(timestamp().failure())
        .hasMessageContaining("no member of PD answers at [pd1:2379]")
        .hasMessageContaining("(last: pd1:2379: no answer within a second)");
  }

  @Test
  void forgetsMembersThatHaveLeftAndLearnsOfThoseThatCame() {
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.cluster.pd().members(List.of("pd3:2379", "pd4:2379"));
    bench.cluster.pd().lead("pd3:2379");
    bench.network.cutOff("pd2:2379");
    assertThat(timestamp().failure()).as("its seed is no member").isNotNull();

    bench.cluster.pd().members(List.of("pd1:2379", "pd3:2379", "pd4:2379"));
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.cluster.pd().members(List.of("pd4:2379", "pd5:2379"));
    bench.cluster.pd().lead("pd4:2379");
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.network.pass(bench.core, Duration.ofMinutes(2).toNanos());
    assertThat(bench.network.released()).contains("pd2:2379", "pd3:2379");
    assertThat(bench.network.released()).doesNotContain("pd1:2379", "pd4:2379", "pd5:2379");

    bench.network.cutOff("pd4:2379");
    bench.cluster.pd().lead("pd5:2379");
    assertThat(timestamp().hasSucceeded()).isTrue();
  }

  /** Nobody has asked PD for anything when one member after the other is replaced. */
  @Test
  void knowsTheMembersOfTodayWhenTheLeaderIsLost() {
    assertThat(timestamp().hasSucceeded()).isTrue();
    bench.cluster.pd().members(List.of("pd1:2379", "pd7:2379", "pd8:2379"));
    bench.network.pass(bench.core, Duration.ofMinutes(2).toNanos());
    bench.cluster.pd().members(List.of("pd7:2379", "pd8:2379"));
    bench.cluster.pd().lead("pd8:2379");
    bench.network.cutOff("pd1:2379");
    bench.network.cutOff("pd2:2379");

    assertThat(timestamp().hasSucceeded()).isTrue();
  }

  @Test
  void waitsWhilePdElects() {
    bench.cluster.pd().lead("");
    Outcome<Long> outcome = new Outcome<>();
    bench.pd.timestamp(outcome);
    long electedAt = bench.network.nanoTime() + Duration.ofSeconds(5).toNanos();
    bench.network.runUntil(
        bench.core, () -> bench.network.nanoTime() >= electedAt, Bench.MINUTE_NANOS);
    assertThat(outcome.hasEnded()).as("somebody answers, so there is hope").isFalse();

    bench.cluster.pd().lead("pd2:2379");
    bench.network.runUntil(bench.core, outcome::hasEnded, Duration.ofSeconds(2).toNanos());
    assertThat(outcome.hasSucceeded()).isTrue();
  }

  @Test
  void failsAtItsDeadlineWhenPdElectsNobody() {
    bench.cluster.pd().lead("");
    assertThat(timestamp().failure())
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("no leader");
  }

  @Test
  void failsFastWhenNobodyAnswers() {
    bench.network.cutOff("pd1:2379");
    long start = bench.network.nanoTime();

    assertThat(bench.get("k").failure())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("pd1:2379")
        .hasMessageContaining("refused");

    assertThat(bench.network.nanoTime() - start)
        .isBetween(Duration.ofSeconds(3).toNanos(), Duration.ofMillis(3_600).toNanos());
  }

  @Test
  void failsFastWhenNobodyKeepsWhatItPromised() {
    bench.network.silence("pd1:2379");
    long start = bench.network.nanoTime();
    assertThat(bench.get("k").failure()).isInstanceOf(UnavailableException.class);
    assertThat(bench.network.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void failsAtOnceWhenThereIsNoStoreYet() {
    bench.cluster.pd().notBootstrapped();
    long start = bench.network.nanoTime();

    assertThat(bench.get("k").failure()).isInstanceOf(NotBootstrappedException.class);

    assertThat(bench.network.nanoTime() - start).isLessThan(Duration.ofMillis(10).toNanos());
  }

  @Test
  void aStoreThatDoesNotExistIsNamed() {
    Outcome<StoreInfo> outcome = bench.run(each -> bench.pd.store(99, each));
    assertThat(outcome.failure())
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("invalid store ID 99");
  }

  @Test
  void closingEndsWhatIsUnderWay() {
    bench.put("k", "v");
    Outcome<@Nullable Void> sentWrite = new Outcome<>();
    Outcome<Optional<Bytes>> sentRead = new Outcome<>();
    bench.raw.put(key("k"), key("2"), Duration.ZERO, sentWrite);
    bench.raw.get(key("k"), sentRead);
    bench.core.poll(bench.network);
    Outcome<@Nullable Void> unsentWrite = new Outcome<>();
    bench.raw.put(key("k"), key("3"), Duration.ZERO, unsentWrite);

    bench.core.onClose();

    assertThat(sentWrite.failure()).isInstanceOf(UndeterminedException.class);
    assertThat(sentRead.failure()).isInstanceOf(ClientClosedException.class);
    assertThat(unsentWrite.failure()).isInstanceOf(ClientClosedException.class);
    assertThat(bench.network.openStreams()).isZero();
    Outcome<Optional<Bytes>> late = new Outcome<>();
    bench.raw.get(key("k"), late);
    assertThat(late.failure()).isInstanceOf(ClientClosedException.class);
  }
}
