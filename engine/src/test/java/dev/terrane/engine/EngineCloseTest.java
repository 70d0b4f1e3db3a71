package dev.terrane.engine;

import static dev.terrane.engine.ColumnFamily.DEFAULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing at any moment gives an exception to whoever comes later, and nothing worse. */
@ParameterizedClass
@EnumSource(EngineFixture.Kind.class)
final class EngineCloseTest {
  private static final Bytes KEY = Bytes.ofUtf8("key");
  private static final int READERS = 4;

  private final EngineFixture.Kind kind;

  @TempDir Path directory;

  EngineCloseTest(EngineFixture.Kind kind) {
    this.kind = kind;
  }

  private static WriteBatch batch(int from) {
    WriteBatch batch = new WriteBatch();
    for (int i = from; i < from + 100; i++) {
      batch.put(DEFAULT, Bytes.ofUtf8("key" + i), Bytes.ofUtf8("value" + i));
    }
    return batch;
  }

  @Test
  void everythingIsRefusedAfterClose() {
    EngineFixture fixture = kind.start(directory);
    KvEngine engine = fixture.engine();
    engine.write(batch(0));
    EngineSnapshot snapshot = engine.snapshot();
    Cursor fromSnapshot = snapshot.cursor(DEFAULT, KeyRange.ALL);
    Cursor cursor = engine.cursor(DEFAULT, KeyRange.ALL);
    cursor.seekToFirst();
    fixture.close();

    List<ThrowingCallable> calls =
        List.of(
            () -> engine.get(DEFAULT, KEY),
            () -> engine.getCached(DEFAULT, KEY),
            () -> engine.multiGet(DEFAULT, List.of(KEY)),
            () -> engine.cursor(DEFAULT, KeyRange.ALL),
            engine::snapshot,
            () -> engine.write(batch(0)),
            engine::barrier,
            engine::flush,
            () -> engine.compact(KeyRange.ALL),
            () -> engine.approximateSize(KeyRange.ALL),
            () -> engine.approximateKeys(DEFAULT, KeyRange.ALL),
            () -> engine.middleKey(DEFAULT, KeyRange.ALL),
            () -> engine.sstWriter(DEFAULT, directory.resolve("x")),
            () -> engine.ingest(Map.of()),
            () -> engine.deleteFilesInRange(KeyRange.ALL),
            engine::flowSignals,
            engine::statistics,
            () -> snapshot.get(DEFAULT, KEY),
            () -> snapshot.getCached(DEFAULT, KEY),
            () -> snapshot.multiGet(DEFAULT, List.of(KEY)),
            () -> snapshot.cursor(DEFAULT, KeyRange.ALL),
            fromSnapshot::seekToFirst,
            cursor::value,
            cursor::next);
    for (int i = 0; i < calls.size(); i++) {
      assertThatThrownBy(calls.get(i)).as("call %d", i).isInstanceOf(EngineClosedException.class);
    }
    cursor.close();
    fromSnapshot.close();
    snapshot.close();
    engine.close();
  }

  @Test
  void closedReadersAreRefusedWhileTheEngineGoesOn() {
    try (EngineFixture fixture = kind.start(directory)) {
      EngineSnapshot snapshot = fixture.engine().snapshot();
      Cursor cursor = fixture.engine().cursor(DEFAULT, KeyRange.ALL);
      for (int i = 0; i < 2; i++) {
        snapshot.close();
        cursor.close();
      }
      assertThatThrownBy(() -> snapshot.get(DEFAULT, KEY))
          .isInstanceOf(EngineClosedException.class);
      assertThatThrownBy(cursor::seekToLast).isInstanceOf(EngineClosedException.class);
      fixture.engine().write(batch(0));
    }
  }

  /** Readers and a writer run into a close at full speed; each ends with a clean exception. */
  @RepeatedTest(4)
  void closeWaitsForReaders() throws InterruptedException, ExecutionException, TimeoutException {
    EngineFixture fixture = kind.start(directory);
    KvEngine engine = fixture.engine();
    engine.write(batch(0));
    CountDownLatch warm = new CountDownLatch(READERS + 2);
    List<Future<?>> users = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int reader = 0; reader < READERS; reader++) {
        Random random = new Random(reader);
        users.add(threads.submit(() -> untilClosed(warm, () -> readOnce(engine, random))));
      }
      users.add(threads.submit(() -> untilClosed(warm, () -> engine.write(batch(0)))));
      users.add(threads.submit(() -> untilClosed(warm, engine::barrier)));
      assertThat(warm.await(30, TimeUnit.SECONDS)).isTrue();
      fixture.close();
      for (Future<?> user : users) {
        user.get(30, TimeUnit.SECONDS); // fails with whatever is not a clean exception
      }
    }
  }

  private static void readOnce(KvEngine engine, Random random) {
    Bytes key = Bytes.ofUtf8("key" + random.nextInt(100));
    switch (random.nextInt(3)) {
      case 0 -> assertThat(engine.get(DEFAULT, key)).isNotNull();
      case 1 -> {
        try (EngineSnapshot snapshot = engine.snapshot()) {
          assertThat(snapshot.get(DEFAULT, key)).isNotNull();
          walk(snapshot, key);
        }
      }
      default -> walk(engine, key);
    }
  }

  private static void walk(KvReader reader, Bytes from) {
    try (Cursor cursor = reader.cursor(DEFAULT, new KeyRange(from, Bytes.EMPTY))) {
      for (boolean there = cursor.seekToFirst(); there; there = cursor.next()) {
        assertThat(cursor.value()).isNotNull();
      }
    }
  }

  private static void untilClosed(CountDownLatch warm, Runnable use) {
    try {
      for (int i = 0; ; i++) {
        use.run();
        if (i == 3) {
          warm.countDown();
        }
      }
    } catch (EngineClosedException expected) {
      // the end
    }
  }
}
