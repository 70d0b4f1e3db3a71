package dev.terrane.compat;

import static dev.terrane.compat.PublishedClient.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tikv.common.exception.RawCASConflictException;

/** Operations that only an atomic client may call. */
@Timeout(120)
abstract class AtomicOperations extends ClusterTest {
  AtomicOperations(String apiVersion) {
    super(1, apiVersion, true);
  }

  @AfterEach
  void deleteEverything() {
    raw().deletePrefix(bytes("t/"));
  }

  @Test
  void putIfAbsentReturnsWhatIsThere() {
    assertThat(raw().putIfAbsent(bytes("t/a"), bytes("1"))).isEmpty();
    assertThat(raw().putIfAbsent(bytes("t/a"), bytes("2"))).contains(bytes("1"));
    assertThat(raw().get(bytes("t/a"))).contains(bytes("1"));
  }

  @Test
  void compareAndSetWritesOnlyOnAMatch() {
    raw().compareAndSet(bytes("t/a"), Optional.empty(), bytes("1"));
    raw().compareAndSet(bytes("t/a"), Optional.of(bytes("1")), bytes("2"));
    assertThatThrownBy(() -> raw().compareAndSet(bytes("t/a"), Optional.of(bytes("1")), bytes("3")))
        .isInstanceOf(RawCASConflictException.class)
        .satisfies(
            e -> assertThat(((RawCASConflictException) e).getPrevValue()).contains(bytes("2")));
    assertThatThrownBy(() -> raw().compareAndSet(bytes("t/a"), Optional.empty(), bytes("3")))
        .isInstanceOf(RawCASConflictException.class);
    assertThat(raw().get(bytes("t/a"))).contains(bytes("2"));
  }

  @Test
  void plainWritesAndCompareAndSetSeeEachOther() {
    raw().put(bytes("t/a"), bytes("1"));
    raw().compareAndSet(bytes("t/a"), Optional.of(bytes("1")), bytes("2"));
    raw().delete(bytes("t/a"));
    raw().compareAndSet(bytes("t/a"), Optional.empty(), bytes("3"));
    raw().batchPut(Map.of(bytes("t/a"), bytes("4")));
    raw().compareAndSet(bytes("t/a"), Optional.of(bytes("4")), bytes("5"));
    assertThat(raw().get(bytes("t/a"))).contains(bytes("5"));
  }
}
