package dev.terrane.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.sim.check.BankTotal.Balances;
import dev.terrane.sim.check.BankTotal.Call;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BankTotalTest {
  private static final Bytes A = Bytes.ofUtf8("a");
  private static final Bytes B = Bytes.ofUtf8("b");

  @Test
  void acceptsReadersWhoFindAllTheMoney() {
    assertThat(objection(Map.of(A, 3L, B, 7L))).isNull();
    assertThat(objection(Map.of(A, 0L, B, 10L))).isNull();
  }

  @Test
  void rejectsMoneyThatIsGoneOrNew() {
    assertThat(objection(Map.of(A, 3L, B, 6L)))
        .isEqualTo("#1 p2 read {a=3, b=6}: that is 9 together, not 10");
    assertThat(objection(Map.of(A, 4L, B, 7L))).contains("11 together");
  }

  @Test
  void rejectsAnAccountThatIsMissingOrBelowZero() {
    assertThat(objection(Map.of(A, 10L))).contains("there are 2 accounts");
    assertThat(objection(Map.of(A, 11L, B, -1L))).contains("below zero");
  }

  private static @Nullable String objection(Map<Bytes, Long> read) {
    var recorder = new HistoryRecorder<Call, Balances>(4);
    int transfer = recorder.invoke(1, 0, new Call.Transfer(A, B, 5));
    recorder.complete(transfer, 1, new Outcome.Unknown<>("deadline"));
    int reader = recorder.invoke(2, 2, new Call.ReadAll());
    recorder.complete(reader, 3, new Outcome.Ok<>(new Balances(read)));
    recorder.invoke(3, 4, new Call.ReadAll());
    return BankTotal.objection(recorder.history(), 2, 10);
  }
}
