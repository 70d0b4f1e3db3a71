package dev.terrane.common.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InboxTest {
  @Test
  void refusesOffersWhenFullAndTreatsAnUnadmittedPutAsABug() {
    Inbox<Integer> inbox = new Inbox<>("test", 4);
    for (int i = 0; i < 4; i++) {
      assertThat(inbox.offer(i)).isTrue();
    }
    assertThat(inbox.offer(4)).isFalse();
    assertThatThrownBy(() -> inbox.put(4))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("inbox test is full at 4");
  }

  @Test
  void drainsInOrderUpToTheLimitAndWakesItsPoller() {
    AtomicInteger wakes = new AtomicInteger();
    Inbox<Integer> inbox = new Inbox<>("test", 1024);
    inbox.onMessage(wakes::incrementAndGet);
    for (int i = 0; i < 300; i++) {
      inbox.put(i);
    }
    List<Integer> drained = new ArrayList<>();
    assertThat(inbox.drain(drained::add, 200)).isEqualTo(200);
    assertThat(inbox.drain(drained::add, 200)).isEqualTo(100);
    assertThat(drained).isSorted().hasSize(300);
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(wakes).hasValue(300);
  }

  @Test
  void losesNothingUnderManyProducers() throws InterruptedException {
    int producers = 4;
    int perProducer = 20_000;
    Inbox<int[]> inbox = new Inbox<>("test", 1 << 17);
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      int producer = p;
      Thread thread =
          new Thread(() -> {
            for (int i = 0; i < perProducer; i++) {
              inbox.put(new int[] {producer, i});
            }
          });
      thread.start();
      threads.add(thread);
    }
    int[] next = new int[producers];
    int seen = 0;
    while (seen < producers * perProducer) {
      seen +=
          inbox.drain(
              message -> {
                assertThat(message[1]).isEqualTo(next[message[0]]);
                next[message[0]]++;
              },
              256);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(inbox.isEmpty()).isTrue();
  }
}
