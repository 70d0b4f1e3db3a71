package dev.terrane.sim.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.sim.mutants.Edit.CallReplaced;
import dev.terrane.sim.mutants.Edit.Result;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bug can still be planted, and is only where it was planted. */
class MutantsTest {
  private static final ClassLoader HERE = MutantsTest.class.getClassLoader();
  private static final Mutant TIMESTAMPS = Mutants.named("timestamps-from-the-clock");

  static Stream<Mutant> all() {
    return Stream.concat(Mutants.ALL.stream(), Mutants.DORMANT.stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  void canBePlanted(Mutant mutant) throws ClassNotFoundException {
    for (Mutant.Change change : mutant.changes()) {
      byte[] original = MutantClassLoader.bytesOf(change.className(), HERE);
      byte[] planted = mutant.plant(change, original, HERE);
      assertThat(planted).isNotEqualTo(original);
      // Initialised, so that the JVM has verified it.
      Class<?> loaded =
          Class.forName(change.className(), true, new MutantClassLoader(mutant, HERE));
      assertThat(loaded.getClassLoader()).isInstanceOf(MutantClassLoader.class);
    }
  }

  @Test
  void eachHasANameOfItsOwn() {
    assertThat(Mutants.ALL).extracting(Mutant::name).doesNotHaveDuplicates().hasSize(34);
  }

  @Test
  void theBugActsInsideAndNowhereElse() throws Exception {
    var loader = new MutantClassLoader(TIMESTAMPS, HERE);
    assertThat(loader.isPlanted()).isFalse();
    assertThat(((Callable<?>) loader.make(TimestampsOfTwoLeaders.class)).call()).isEqualTo(false);
    assertThat(loader.isPlanted()).isTrue();
    assertThat(new TimestampsOfTwoLeaders().call()).isTrue();
  }

  @Test
  void aBugElsewhereChangesNothingHere() throws Exception {
    var loader = new MutantClassLoader(Mutants.named("forget-the-vote"), HERE);
    assertThat(((Callable<?>) loader.make(TimestampsOfTwoLeaders.class)).call()).isEqualTo(true);
    assertThat(loader.isPlanted()).isFalse();
  }

  @Test
  void anEditThatMatchesNothingOrSeveralPlacesIsRefused() throws ClassNotFoundException {
    for (String call : List.of("noSuchCall", "min")) {
      var lost =
          new Mutant(
              "lost",
              "nothing",
              "dev.terrane.raft.RaftLog",
              "committedEnd",
              new CallReplaced("java.lang.Math", call, new Result.Amount(0)));
      Mutant.Change change = lost.changes().getFirst();
      byte[] original = MutantClassLoader.bytesOf(change.className(), HERE);
      assertThatThrownBy(() -> lost.plant(change, original, HERE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("matches " + (call.equals("min") ? 2 : 0) + " instructions");
    }
  }
}
