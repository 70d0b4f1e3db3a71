package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The checker must be able to say no. */
class RegisterHistoryTest {
  @Test
  void acceptsWhatOneRegisterCouldAnswer() {
    RegisterHistory history = new RegisterHistory();
    history.read(0).answered(null, 1);
    var a = history.write("a", 2);
    history.read(3).answered(null, 4);
    history.read(5).answered("a", 6);
    a.answered(null, 7);
    history.write("lost", 8);
    history.read(20).answered("a", 21);
    history.read(22).answered("lost", 23);

    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void refusesAStaleRead() {
    RegisterHistory history = new RegisterHistory();
    history.write("a", 0).answered(null, 1);
    history.write("b", 2).answered(null, 3);
    history.read(4).answered("a", 5);

    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void refusesALostWriteAndAReadThatGoesBack() {
    RegisterHistory lost = new RegisterHistory();
    lost.write("a", 0).answered(null, 1);
    lost.read(2).answered(null, 3);
    assertThat(lost.isLinearizable()).isFalse();

    RegisterHistory back = new RegisterHistory();
    back.write("a", 0).answered(null, 1);
    back.write("b", 2);
    back.read(4).answered("b", 5);
    back.read(6).answered("a", 7);
    assertThat(back.isLinearizable()).isFalse();
  }
}
