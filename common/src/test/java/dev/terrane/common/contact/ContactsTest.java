package dev.terrane.common.contact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContactsTest {
  private static final long MILLI = 1_000_000;

  /** One life of a node, which others know by an id. */
  private static Contacts<String> life(long seed) {
    return new Contacts<>(new Random(seed), String::length);
  }

  private static List<String> send(
      Contacts<String> from, long fromId, Contacts<String> to, long toId, String message) {
    return to.received(fromId, from.ours(toId), from.theirs(toId), message);
  }

  /** Sends until both are believed. */
  private static void meet(Contacts<String> one, Contacts<String> two) {
    assertThat(send(one, 1, two, 2, "a")).isEmpty();
    assertThat(two.mayAnswer(1, one.ours(2), 0)).isTrue();
    assertThat(send(two, 2, one, 1, "b")).isNotEmpty();
    assertThat(send(one, 1, two, 2, "c")).containsExactly("a", "c");
  }

  @Test
  void theFirstContactTakesARoundTripAndLosesNothing() {
    Contacts<String> one = life(1);
    Contacts<String> two = life(2);

    meet(one, two);

    assertThat(send(one, 1, two, 2, "d")).containsExactly("d");
    assertThat(send(two, 2, one, 1, "e")).containsExactly("e");
  }

  @Test
  void whoWasNotToldSaysNothingThatIsBelieved() {
    Contacts<String> one = life(1);
    Contacts<String> two = life(2);
    meet(one, two);

    for (long guess : new long[] {0, 1, -1, two.theirs(1)}) {
      assertThat(two.received(1, 99, guess, "forged")).isEmpty();
      assertThat(two.received(3, 99, guess, "forged")).isEmpty();
    }
    assertThat(two.theirs(1)).as("what was shown stays").isEqualTo(one.ours(2));
    assertThat(send(one, 1, two, 2, "d")).as("nor is it held for later").containsExactly("d");
  }

  @Test
  void aNewLifeIsBelievedAfterARoundTripWhoeverSpeaksFirst() {
    Contacts<String> one = life(1);
    Contacts<String> two = life(2);
    meet(one, two);
    Contacts<String> again = life(3);

    assertThat(send(again, 1, two, 2, "f")).isEmpty();
    assertThat(two.mayAnswer(1, again.ours(2), 1000 * MILLI)).isTrue();
    assertThat(send(two, 2, again, 1, "g")).as("to the life before").isEmpty();
    assertThat(again.mayAnswer(2, two.ours(1), 0)).isTrue();
    assertThat(send(again, 1, two, 2, "h")).containsExactly("f", "h");
    assertThat(send(two, 2, again, 1, "i")).containsExactly("g", "i");
  }

  @Test
  void strangersAreAnsweredNowAndThen() {
    Contacts<String> contacts = life(1);
    int answered = 0;
    for (int id = 1; id <= 10_000; id++) {
      long nowNanos = id * MILLI / 10;
      assertThat(contacts.received(id, id, 0, "x".repeat(1000))).isEmpty();
      if (contacts.mayAnswer(id, id, nowNanos)) {
        answered++;
      }
    }
    assertThat(answered).as("in one second").isBetween(50, 110);
  }

  @Test
  void whatIsHeldForStrangersIsBounded() {
    Contacts<String> one = life(1);
    Contacts<String> two = life(2);
    for (int i = 0; i < 1000; i++) {
      assertThat(send(one, 1, two, 2, "m" + i)).isEmpty();
    }
    assertThat(two.mayAnswer(1, one.ours(2), 0)).isTrue();
    assertThat(send(two, 2, one, 1, "b")).isNotEmpty();

    assertThat(send(one, 1, two, 2, "last")).hasSize(257).startsWith("m744").endsWith("last");
  }

  @Test
  void whoIsExpectedIsNotForgottenForStrangers() {
    Contacts<String> contacts = life(1);
    assertThat(contacts.expect(1)).isTrue();
    long ours = contacts.ours(1);
    for (int id = 2; id <= 2000; id++) {
      assertThat(contacts.mayAnswer(id, id, id * 20L * MILLI)).isTrue();
    }
    assertThat(contacts.ours(1)).isEqualTo(ours);
    assertThat(contacts.expect(1)).isFalse();
  }
}
