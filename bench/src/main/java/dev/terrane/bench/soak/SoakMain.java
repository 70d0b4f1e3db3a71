package dev.terrane.bench.soak;

import dev.terrane.client.RawClient;
import dev.terrane.client.TerraneClient;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Puts its data, begins everything that its options name, and prints every half minute and at the
 * end what a well-behaved client felt and what the servers occupied. Exits with 1 if a server is
 * gone or a plain get failed.
 */
public final class SoakMain {
  private static final long REPORT_SECONDS = 30;

  private final SoakOptions options;
  private final Outcomes probe = new Outcomes("plain gets");
  private final Outcomes load = new Outcomes("full load");
  private final Outcomes connections = new Outcomes("gets of the connections");
  private final Outcomes scans = new Outcomes("large scans");
  private final Outcomes unread = new Outcomes("unread answers");
  private final List<Outcomes> all = List.of(probe, load, connections, scans, unread);
  private final List<Thread> threads = new ArrayList<>();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private volatile boolean stopping;

  private SoakMain(SoakOptions options) {
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    SoakOptions options;
    try {
      options = SoakOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + SoakOptions.USAGE);
      System.exit(2);
      return;
    }
    System.exit(new SoakMain(options).run() ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    String[] pd = options.pd().toArray(String[]::new);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try (TerraneClient loading =
            TerraneClient.builder(pd).outstandingMax(options.outstanding() + 256).open();
        TerraneClient probing = TerraneClient.builder(pd).open()) {
      System.out.println("putting what is read later");
      Data data = new Data(loading.raw());
      data.put();
      System.out.println("the slowest of these took " + data.slowestMillis() + " ms");
      ManagedChannel pdChannel = dial(options.pd().getFirst());
      Route route = Route.to(pdChannel, Data.WIDE_START);
      pdChannel.shutdownNow();

      for (int i = 0; i < options.outstanding(); i++) {
        startLoad(loading.raw(), new SplittableRandom(i));
      }
      start(() -> new Probe(probing.raw(), probe).run(() -> stopping));
      Connections streams = new Connections(route, connections);
      streams.open(options.connections(), () -> dial(route.address()), timer);
      LargeScans large = new LargeScans(route, scans, () -> stopping);
      for (int i = 0; i < options.scanners(); i++) {
        start(() -> large.readOverAndOver(dial(route.address())));
      }
      LargeScans slow = new LargeScans(route, unread, () -> stopping);
      for (int i = 0; i < options.slowReaders(); i++) {
        start(() -> slow.neverRead(dial(route.address())));
      }
      report();
      stopping = true;
      for (Thread thread : threads) {
        thread.join();
      }
      timer.shutdownNow();
      streams.close();
    } finally {
      timer.shutdownNow();
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
    return isWell();
  }

  private ManagedChannel dial(String address) {
    return NettyChannelBuilder.forTarget(address)
        .eventLoopGroup(loops)
        .channelType(NioSocketChannel.class)
        .directExecutor()
        .usePlaintext()
        .disableRetry()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .build();
  }

  private void start(Runnable client) {
    threads.add(Thread.ofVirtual().start(client));
  }

  /** Half puts and half gets; the end of one is the start of the next. */
  private void startLoad(RawClient client, SplittableRandom random) {
    if (stopping) {
      return;
    }
    int key = random.nextInt(Data.SMALL_KEYS);
    long started = System.nanoTime();
    CompletableFuture<?> operation =
        random.nextBoolean()
            ? client.putAsync(Data.smallKey(key), Data.value(random, 100))
            : client.getAsync(Data.smallKey(key));
    var _ =
        operation.whenComplete((result, failure) -> {
          if (failure == null) {
            load.well(System.nanoTime() - started);
          } else if (!stopping) {
            load.failed(failure);
          }
          startLoad(client, random);
        });
  }

  private void report() throws IOException, InterruptedException {
    long seconds = options.duration().toSeconds();
    for (long passed = 0; passed < seconds; passed += REPORT_SECONDS) {
      TimeUnit.SECONDS.sleep(Math.min(REPORT_SECONDS, seconds - passed));
      System.out.printf(
          "%5d s  resident MiB %s%n",
          Math.min(seconds, passed + REPORT_SECONDS), ResidentMemory.read(options.pids()));
      all.forEach(outcomes -> System.out.println("         " + outcomes.interval()));
    }
    System.out.println("in all");
    all.forEach(outcomes -> System.out.println("  " + outcomes.total()));
  }

  private boolean isWell() throws IOException {
    boolean alive = !ResidentMemory.read(options.pids()).contains(-1L);
    System.out.println(alive ? "every server lives" : "A SERVER IS GONE");
    return alive && probe.failures() == 0;
  }
}
