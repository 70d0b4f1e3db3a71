package dev.terrane.common.due;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DueQueueTest {
  private final DueQueue<String> queue = new DueQueue<>();
  private final List<String> came = new ArrayList<>();

  private List<String> at(long nowNanos) {
    came.clear();
    queue.handle(nowNanos, 100, came::add);
    return came;
  }

  @Test
  void eachComesWhenItIsDueAndOnce() {
    queue.due("b", 20);
    queue.due("a", 10);
    queue.due("c", 20);
    assertThat(at(9)).isEmpty();
    assertThat(at(19)).containsExactly("a");
    assertThat(at(30)).containsExactly("b", "c");
    assertThat(at(100)).isEmpty();
  }

  @Test
  void theEarliestTimeCounts() {
    queue.due("a", 20);
    queue.due("a", 10);
    queue.due("a", 30);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(at(10)).containsExactly("a");
    assertThat(at(30)).isEmpty();
  }

  @Test
  void whoIsTakenOutComesNoMore() {
    queue.due("a", 10);
    queue.due("b", 10);
    queue.remove("a");
    queue.remove("nobody");
    assertThat(at(10)).containsExactly("b");
  }

  @Test
  void whoComesMayBePutInAgainAndWaitsForItsTime() {
    queue.due("a", 10);
    queue.handle(10, 100, who -> queue.due(who, 15));
    assertThat(at(14)).isEmpty();
    assertThat(at(15)).containsExactly("a");
  }

  @Test
  void whatIsTooMuchAtOnceStaysDue() {
    for (int i = 0; i < 5; i++) {
      queue.due("p" + i, 10);
    }
    assertThat(queue.handle(10, 3, came::add)).isEqualTo(3);
    assertThat(queue.isDue(10)).isTrue();
    assertThat(queue.handle(10, 3, came::add)).isEqualTo(2);
    assertThat(came).containsExactly("p0", "p1", "p2", "p3", "p4");
    assertThat(queue.isDue(10)).isFalse();
  }
}
