package dev.terrane.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InFlightTest {
  private final Bench bench = new Bench();
  private final InFlight inFlight = new InFlight();

  private BatchedCall call() {
    return new GetCall(bench.core, Bytes.EMPTY, new Outcome<Optional<Bytes>>());
  }

  @Test
  void findsEachByItsIdOnce() {
    BatchedCall call = call();
    long id = inFlight.add(call);
    assertThat(inFlight.remove(id)).isSameAs(call);
    assertThat(inFlight.remove(id)).isNull();
    assertThat(inFlight.remove(id + 64)).as("the same place, another id").isNull();
  }

  @Test
  void aSlowCallKeepsItsPlaceWhileOthersPass() {
    BatchedCall slow = call();
    long slowId = inFlight.add(slow);
    for (int i = 0; i < 1_000; i++) {
      assertThat(inFlight.remove(inFlight.add(call()))).isNotNull();
    }
    assertThat(inFlight.size()).isEqualTo(1);
    assertThat(inFlight.remove(slowId)).isSameAs(slow);
  }

  @Test
  void drainsOldestFirst() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ids.add(inFlight.add(call()));
    }
    inFlight.remove(ids.remove(7));
    List<Long> drained = new ArrayList<>();
    inFlight.drain(call -> drained.add(call.requestId));
    assertThat(drained).isEqualTo(ids);
    assertThat(inFlight.size()).isZero();
  }
}
