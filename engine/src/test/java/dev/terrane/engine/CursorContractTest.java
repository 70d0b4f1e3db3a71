package dev.terrane.engine;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.InvariantViolation;
import dev.terrane.common.KeyRange;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Cursors over b, d, f, h, half of them in a file. */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class CursorContractTest {
  private final EngineFixture fixture;

  CursorContractTest(EngineFixture.Kind kind, @TempDir Path directory) {
    fixture = kind.start(directory);
    put("b");
    put("f");
    fixture.flush();
    put("d");
    put("h");
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void put(String key) {
    fixture.engine().write(new WriteBatch().put(DEFAULT, bytes(key), bytes(key + key)));
  }

  private static Bytes bytes(String text) {
    return Bytes.ofUtf8(text);
  }

  private Cursor cursor(String start, String end) {
    return fixture.engine().cursor(DEFAULT, new KeyRange(bytes(start), bytes(end)));
  }

  private static String at(Cursor cursor) {
    if (!cursor.isValid()) {
      return "nowhere";
    }
    assertThat(cursor.value()).isEqualTo(cursor.key().concat(cursor.key()));
    return cursor.key().toUtf8();
  }

  @Test
  void copiesAValueAsFarAsThereIsRoom() {
    Bytes value = Bytes.wrap(new byte[100_000]).concat(bytes("end"));
    fixture.engine().write(new WriteBatch().put(DEFAULT, bytes("v"), value));
    for (boolean flushed : new boolean[] {false, true}) {
      if (flushed) {
        fixture.flush();
      }
      try (Cursor cursor = cursor("v", "w")) {
        assertThat(cursor.seekToFirst()).isTrue();
        ByteBuffer none = ByteBuffer.allocateDirect(0);
        assertThat(cursor.copyValue(none)).isEqualTo(value.length());
        ByteBuffer part = ByteBuffer.allocateDirect(100).position(60);
        assertThat(cursor.copyValue(part)).isEqualTo(value.length());
        assertThat(Bytes.copyOf(part)).isEqualTo(value.slice(0, 40));
        ByteBuffer room = ByteBuffer.allocateDirect(value.length() + 50).position(10);
        assertThat(cursor.copyValue(room)).isEqualTo(value.length());
        assertThat(room.position()).isEqualTo(10);
        assertThat(Bytes.copyOf(room)).isEqualTo(value);
        assertThat(cursor.value()).isEqualTo(value);
      }
    }
  }

  @Test
  void walksForward() {
    try (Cursor cursor = cursor("", "")) {
      assertThat(at(cursor)).isEqualTo("nowhere");
      StringBuilder walked = new StringBuilder();
      for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
        walked.append(at(cursor));
      }
      assertThat(walked).hasToString("bdfh");
    }
  }

  @Test
  void walksBackward() {
    try (Cursor cursor = cursor("", "")) {
      StringBuilder walked = new StringBuilder();
      for (boolean there = cursor.seekToLast(); there; there = cursor.prev()) {
        walked.append(at(cursor));
      }
      assertThat(walked).hasToString("hfdb");
    }
  }

  @Test
  void turnsRound() {
    try (Cursor cursor = cursor("", "")) {
      cursor.seek(bytes("d"));
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.prev()).isTrue();
      assertThat(cursor.prev()).isTrue();
      assertThat(at(cursor)).isEqualTo("b");
      assertThat(cursor.next()).isTrue();
      assertThat(at(cursor)).isEqualTo("d");
    }
  }

  @Test
  void seeksBetweenKeys() {
    try (Cursor cursor = cursor("", "")) {
      cursor.seek(bytes("e"));
      assertThat(at(cursor)).isEqualTo("f");
      cursor.seekForPrev(bytes("e"));
      assertThat(at(cursor)).isEqualTo("d");
      cursor.seekForPrev(bytes("f"));
      assertThat(at(cursor)).isEqualTo("f");
      assertThat(cursor.seek(bytes("i"))).isFalse();
      assertThat(cursor.seekForPrev(bytes("a"))).isFalse();
    }
  }

  @Test
  void neverLeavesItsRange() {
    try (Cursor cursor = cursor("c", "f")) {
      assertThat(cursor.seekToFirst()).isTrue();
      assertThat(at(cursor)).isEqualTo("d");
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.seekToLast()).isTrue();
      assertThat(at(cursor)).isEqualTo("d");
      assertThat(cursor.prev()).isFalse();
    }
  }

  @Test
  void seeksOutsideItsRangeEndAtItsBounds() {
    try (Cursor cursor = cursor("c", "g")) {
      cursor.seek(bytes("a"));
      assertThat(at(cursor)).isEqualTo("d");
      cursor.seekForPrev(bytes("z"));
      assertThat(at(cursor)).isEqualTo("f");
      assertThat(cursor.seek(bytes("g"))).isFalse();
      assertThat(cursor.seekForPrev(bytes("b"))).isFalse();
    }
  }

  @Test
  void emptyRangesHoldNothing() {
    for (String end : new String[] {"d", "c", "a"}) {
      try (Cursor cursor = cursor("d", end)) {
        assertThat(cursor.seekToFirst()).isFalse();
        assertThat(cursor.seekToLast()).isFalse();
        assertThat(cursor.seek(bytes("d"))).isFalse();
        assertThat(cursor.seekForPrev(bytes("d"))).isFalse();
      }
    }
  }

  @Test
  void doesNotMoveFromNowhere() {
    try (Cursor cursor = cursor("", "")) {
      assertThatThrownBy(cursor::next).isInstanceOf(InvariantViolation.class);
      assertThatThrownBy(cursor::prev).isInstanceOf(InvariantViolation.class);
      assertThatThrownBy(cursor::key).isInstanceOf(InvariantViolation.class);
      assertThatThrownBy(cursor::value).isInstanceOf(InvariantViolation.class);
      cursor.seekToLast();
      cursor.next();
      assertThatThrownBy(cursor::next).isInstanceOf(InvariantViolation.class);
    }
  }

  @Test
  void keyAndValueOutliveTheMove() {
    try (Cursor cursor = cursor("", "")) {
      cursor.seekToFirst();
      Bytes key = cursor.key();
      Bytes value = cursor.value();
      cursor.next();
      cursor.next();

      assertThat(key).isEqualTo(bytes("b"));
      assertThat(value).isEqualTo(bytes("bb"));
    }
  }

  @Test
  void doesNotSeeLaterWrites() {
    try (Cursor cursor = cursor("", "")) {
      put("c");
      fixture.engine().write(new WriteBatch().delete(DEFAULT, bytes("d")));
      fixture.flush();

      cursor.seek(bytes("c"));
      assertThat(at(cursor)).isEqualTo("d");
    }
  }
}
