package dev.terrane.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole client over gRPC on loopback, against a store of TiKV's manners. */
final class TerraneClientTest {
  private LoopbackCluster cluster = started();
  private TerraneClient client = TerraneClient.connect(cluster.pdAddress());

  private static LoopbackCluster started() {
    try {
      return new LoopbackCluster();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void answersAtAll() {
    client.raw().put(key("first"), key("1"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    client.close();
    cluster.close();
  }

  private static Bytes key(String text) {
    return Bytes.ofUtf8(text);
  }

  @Test
  void readsWhatItWrote() {
    RawClient raw = client.raw();
    raw.batchPut(List.of(new KeyValue(key("a"), key("1")), new KeyValue(key("b"), key("2"))));

    assertThat(raw.get(key("a"))).contains(key("1"));
    assertThat(raw.batchGet(List.of(key("b"), key("x")))).containsOnlyKeys(key("b"));
    assertThat(raw.scan(RawScan.of(KeyRange.ALL, 10))).hasSize(3);
    assertThat(raw.compareAndSwap(key("a"), Optional.of(key("1")), key("3")).swapped()).isTrue();
    raw.deleteRange(new KeyRange(key("a"), key("c")));
    assertThat(raw.get(key("a"))).isEmpty();
    assertThat(client.pd().timestamp()).isPositive();
  }

  @Test
  void readsARangePageByPage() {
    List<KeyValue> pairs = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      pairs.add(new KeyValue(key("k" + (char) ('a' + i)), key("v")));
    }
    client.raw().batchPut(pairs);
    KeyRange range = new KeyRange(key("k"), key("l"));

    List<KeyValue> upwards = new ArrayList<>();
    client.raw().scanAll(RawScan.of(range, 5)).forEachRemaining(upwards::add);
    List<KeyValue> downwards = new ArrayList<>();
    client.raw().scanAll(RawScan.of(range, 7).reversed()).forEachRemaining(downwards::add);

    assertThat(upwards).isEqualTo(pairs);
    java.util.Collections.reverse(downwards);
    assertThat(downwards).isEqualTo(pairs);
  }

  /** Small or large, a page has about as many bytes. */
  @Test
  void readsARangeOfLargeValuesAFewAtATime() {
    Bytes large = Bytes.wrap(new byte[2 << 20]);
    for (int i = 0; i < 20; i++) {
      client.raw().put(key("large" + (char) ('a' + i)), i < 10 ? key("small") : large);
    }
    cluster.services().pages().clear();
    List<KeyValue> all = new ArrayList<>();
    KeyRange range = new KeyRange(key("large"), key("largf"));
    client.raw().scanAll(RawScan.of(range, 1_000)).forEachRemaining(all::add);

    assertThat(all).hasSize(20);
    assertThat(cluster.services().pages()).startsWith(4, 8).endsWith(1);
  }

  @Test
  void manyAtATimeAllEnd() {
    List<CompletableFuture<@Nullable Void>> writes = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      writes.add(client.raw().putAsync(key("k" + i), key("v" + i)));
    }
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
    assertThat(client.raw().get(key("k4999"))).contains(key("v4999"));
  }

  @Test
  void operationsMayFollowEachOtherOnTheClientsThread() throws InterruptedException {
    AtomicInteger left = new AtomicInteger(2_000);
    CountDownLatch done = new CountDownLatch(1);
    for (int i = 0; i < 8; i++) {
      again(left, done);
    }
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private void again(AtomicInteger left, CountDownLatch done) {
    if (left.decrementAndGet() == 0) {
      done.countDown();
    } else if (left.get() > 0) {
      var unused = client.raw().getAsync(key("first")).thenAccept(value -> again(left, done));
    }
  }

  @Test
  void refusesToWaitOnItsOwnThread() {
    AtomicReference<Thread> ranOn = new AtomicReference<>();
    CompletableFuture<Optional<Bytes>> nested;
    do { // an answer that is there already is handled here, where waiting is allowed
      nested =
          client
              .raw()
              .getAsync(key("first"))
              .thenApply(value -> {
                ranOn.set(Thread.currentThread());
                return client.raw().get(key("x"));
              });
      nested.exceptionally(failure -> Optional.empty()).join();
    } while (ranOn.get() == Thread.currentThread());

    assertThatThrownBy(nested::join)
        .isInstanceOf(CompletionException.class)
        .hasRootCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void outlivesARestartOfTheStore() throws Exception {
    cluster.stopStore();
    CompletableFuture<Optional<Bytes>> read = client.raw().getAsync(key("first"));
    assertThatThrownBy(() -> read.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    cluster.restartStore();
    assertThat(read.get(10, TimeUnit.SECONDS)).contains(key("1"));
    client.raw().put(key("k"), key("v"));
    assertThat(client.raw().get(key("k"))).contains(key("v"));
  }

  @Test
  void addressesMayBeGivenWithCommasBetweenThem() {
    try (TerraneClient other =
        TerraneClient.connect("127.0.0.1:1, " + cluster.pdAddress(), cluster.pdAddress())) {
      assertThat(other.raw().get(key("first"))).contains(key("1"));
    }
    assertThatThrownBy(() -> TerraneClient.connect(cluster.pdAddress() + ","))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not host:port");
  }

  /** It certainly has not happened, so it is neither lost nor a question. */
  @Test
  void aWriteThatAStartingStoreDidNotTakeIsSentAgain() throws Exception {
    cluster.stopStore();
    CountDownLatch refused = new CountDownLatch(2);
    Runnable open = cluster.startStoreThatTakesNothing(refused::countDown);
    CompletableFuture<@Nullable Void> write = client.raw().putAsync(key("late"), key("2"));
    CompletableFuture<CompareAndSwapResult> swap =
        client.raw().compareAndSwapAsync(key("swapped"), Optional.empty(), key("3"), Duration.ZERO);
    assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
    open.run();

    write.get(30, TimeUnit.SECONDS);
    assertThat(swap.get(30, TimeUnit.SECONDS).swapped()).isTrue();
    assertThat(client.raw().get(key("late"))).contains(key("2"));
  }

  @Test
  void endsTheConnectionToWhereAStoreHasBeen() throws Exception {
    assertThat(cluster.storeConnections()).isEqualTo(1);
    cluster.moveStore();
    assertThat(client.raw().get(key("first"))).contains(key("1"));
    assertThat(cluster.lastStoreConnectionEnded(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anAnswerThatMakesNoSenseFailsItsCallAndNoOther() {
    try (TerraneClient hasty =
        TerraneClient.builder(cluster.pdAddress()).requestTimeout(Duration.ofMillis(500)).open()) {
      hasty.raw().put(key("k"), key("v"));
      cluster.services().tellOfUnknownRoles();
      assertThatThrownBy(() -> hasty.pd().regions(KeyRange.ALL, 10))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessageContaining("makes no sense");
      assertThat(hasty.raw().get(key("k"))).contains(key("v"));
      assertThat(hasty.pd().timestamp()).isPositive();
    }
  }

  @Test
  void callersPastTheBoundWaitAndThenHearThatItIsBusy() {
    cluster.services().answer(false);
    try (TerraneClient narrow =
        TerraneClient.builder(cluster.pdAddress())
            .outstandingMax(2)
            .requestTimeout(Duration.ofMillis(400))
            .open()) {
      var one = narrow.raw().getAsync(key("a"));
      var two = narrow.raw().getAsync(key("b"));
      // The third waits until one of the others has ended at its deadline.
      assertThatThrownBy(() -> narrow.raw().get(key("c")))
          .isInstanceOfAny(DeadlineExceededException.class, ClientBusyException.class);
      assertThatThrownBy(one::join).hasCauseInstanceOf(DeadlineExceededException.class);
      assertThatThrownBy(two::join).hasCauseInstanceOf(DeadlineExceededException.class);
    }
  }

  /** What is refused before it has begun, for whatever reason, takes no place from others. */
  @Test
  @SuppressWarnings("NullAway") // what callers do that are not checked for it
  void anArgumentThatIsNoneGivesItsPlaceBack() {
    try (TerraneClient narrow =
        TerraneClient.builder(cluster.pdAddress())
            .outstandingMax(1)
            .requestTimeout(Duration.ofSeconds(2))
            .open()) {
      assertThatThrownBy(() -> narrow.raw().getAsync(null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> narrow.raw().compareAndSwapAsync(key("a"), null, key("b"), null))
          .isInstanceOf(NullPointerException.class);
      assertThat(narrow.raw().get(key("first"))).contains(key("1"));
    }
  }

  /** Where the last key of a page is as long as a key may be, the next page begins behind it. */
  @Test
  void readsOnBehindTheLongestKey() {
    Bytes longest = key("k".repeat(64 << 10));
    client.raw().put(key("a"), key("1"));
    client.raw().put(longest, key("2"));
    client.raw().put(key("l"), key("3"));
    List<Bytes> keys = new ArrayList<>();
    client
        .raw()
        .scanAll(RawScan.of(new KeyRange(key("a"), key("m")), 1))
        .forEachRemaining(pair -> keys.add(pair.key()));
    assertThat(keys).contains(key("a"), longest, key("l"));
  }

  @Test
  void closingEndsWhatIsUnderWayAndLeavesNoThread() throws InterruptedException {
    cluster.services().answer(false);
    Set<Thread> before = liveThreads();
    TerraneClient closing = TerraneClient.connect(cluster.pdAddress());
    CompletableFuture<Optional<Bytes>> read = closing.raw().getAsync(key("first"));
    CompletableFuture<@Nullable Void> write = closing.raw().putAsync(key("k"), key("v"));
    // The timestamp is answered after both have left.
    closing.pd().timestamp();

    closing.close();
    closing.close();

    assertThatThrownBy(read::join).hasCauseInstanceOf(ClientClosedException.class);
    assertThat(write).isCompletedExceptionally();
    assertThatThrownBy(() -> closing.raw().get(key("first")))
        .isInstanceOf(ClientClosedException.class);
    Set<Thread> left = liveThreads();
    left.removeAll(before);
    for (Thread thread : left) {
      // Netty's global executor, if anything woke it, ends by itself after a second of rest.
      thread.join(Duration.ofSeconds(5).toMillis());
    }
    assertThat(left.stream().filter(Thread::isAlive).map(Thread::getName)).isEmpty();
  }

  /** But those of the servers, which come and go by themselves. */
  private static Set<Thread> liveThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("grpc-default"))
        .collect(Collectors.toSet());
  }

  @Test
  void findsPdByName() {
    String port = cluster.pdAddress().substring("127.0.0.1:".length());
    try (TerraneClient named = TerraneClient.connect("localhost:" + port)) {
      assertThat(named.raw().get(key("first"))).contains(key("1"));
    }
  }

  @Test
  void saysWhoDoesNotAnswer() throws InterruptedException {
    String address = cluster.pdAddress();
    cluster.close();
    try (TerraneClient lost =
        TerraneClient.builder(address).connectTimeout(Duration.ofMillis(300)).open()) {
      assertThatThrownBy(() -> lost.raw().get(key("k")))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(address);
    }
  }

  @Test
  void anAddressWithoutPortIsRefused() {
    assertThatThrownBy(() -> TerraneClient.connect("somewhere"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("somewhere");
    assertThatThrownBy(TerraneClient::connect).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> TerraneClient.builder("a:1").outstandingMax(Integer.MAX_VALUE).open())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("1048576");
  }
}
