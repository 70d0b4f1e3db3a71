package dev.terrane.store;

import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network between the stores of a test: in order per pair, with delays, losses and cuts drawn
 * from a seed, on virtual time.
 */
final class MemoryNetwork {
  private record Delivery(long atNanos, long order, Runnable run) {}

  private record Link(long from, long to) {}

  private final VirtualTime time;
  private final RandomGenerator random;
  private final PriorityQueue<Delivery> deliveries =
      new PriorityQueue<>((a, b) ->
          a.atNanos != b.atNanos
              ? Long.compare(a.atNanos, b.atNanos)
              : Long.compare(a.order, b.order));
  private final Map<Link, Long> lastArrivalNanos = new LinkedHashMap<>();
  private final Map<Long, StoreInbound> stores = new LinkedHashMap<>();
  private final Map<Long, Integer> lives = new LinkedHashMap<>();
  private final Set<Link> cut = new LinkedHashSet<>();
  private UnaryOperator<SnapshotChunk> chunkFault = chunk -> chunk;
  private double loss;
  private long order;
  private long snapshotBytes;
  private long batches;
  private int chunksInFlightMax;

  MemoryNetwork(VirtualTime time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  void attach(long storeId, StoreInbound inbound) {
    stores.put(storeId, inbound);
    lives.merge(storeId, 1, Integer::sum);
  }

  /** How often a store has been started. */
  private int life(long storeId) {
    return lives.getOrDefault(storeId, 0);
  }

  void detach(long storeId) {
    stores.remove(storeId);
  }

  /** Each batch is lost with this probability. */
  void lose(double probability) {
    loss = probability;
  }

  /** Nothing passes between {@code storeId} and others any more, in either direction. */
  void isolate(long storeId, Iterable<Long> others) {
    for (long other : others) {
      cut.add(new Link(storeId, other));
      cut.add(new Link(other, storeId));
    }
  }

  void heal() {
    cut.clear();
    loss = 0;
  }

  /** What becomes of snapshot chunks on their way. */
  void chunkFault(UnaryOperator<SnapshotChunk> fault) {
    chunkFault = fault;
  }

  /** How many batches were sent. */
  long batches() {
    return batches;
  }

  long snapshotBytes() {
    return snapshotBytes;
  }

  /** The most chunks of one stream that were sent and not yet consumed. */
  int chunksInFlightMax() {
    return chunksInFlightMax;
  }

  /** Delivers what is due; returns how much. */
  int deliver() {
    int delivered = 0;
    while (!deliveries.isEmpty() && deliveries.peek().atNanos <= time.nanoTime()) {
      deliveries.remove().run.run();
      delivered++;
    }
    return delivered;
  }

  private void schedule(Link link, Runnable run) {
    long at = time.nanoTime() + TimeUnit.MICROSECONDS.toNanos(random.nextInt(100, 2000));
    at = Math.max(at, lastArrivalNanos.getOrDefault(link, 0L));
    lastArrivalNanos.put(link, at);
    deliveries.add(new Delivery(at, order++, run));
  }

  private boolean passes(Link link) {
    return !cut.contains(link);
  }

  StoreTransport transportOf(long from) {
    return new StoreTransport() {
      @Override
      public void prepare(long toStoreId) {}

      @Override
      public void send(long toStoreId, RaftBatch batch) {
        Link link = new Link(from, toStoreId);
        batches++;
        if (random.nextDouble() < loss) {
          return;
        }
        schedule(
            link,
            () -> {
              StoreInbound target = stores.get(toStoreId);
              if (target != null && passes(link)) {
                target.onRaftBatch(batch);
              }
            });
      }

      @Override
      public SnapshotStream openSnapshot(long toStoreId, SnapshotStream.Listener listener) {
        Stream stream = new Stream(new Link(from, toStoreId), listener);
        stream.open();
        return stream;
      }
    };
  }

  private final class Stream implements SnapshotStream {
    private final Link link;
    private final Listener listener;
    private @Nullable SnapshotReceiver receiver;
    private int openedLife;
    private int inFlight;
    private boolean over;

    Stream(Link link, Listener listener) {
      this.link = link;
      this.listener = listener;
    }

    void open() {
      schedule(
          link,
          () -> {
            StoreInbound target = stores.get(link.to);
            if (target == null || !passes(link)) {
              fail("no way there");
              return;
            }
            openedLife = life(link.to);
            receiver =
                target.onSnapshot(
                    new SnapshotReceiver.Reply() {
                      @Override
                      public void permitted() {
                        schedule(
                            new Link(link.to, link.from),
                            () -> {
                              if (!over) {
                                listener.onPermit();
                              }
                            });
                      }

                      @Override
                      public void done(SnapshotDone done) {
                        answer(done);
                      }
                    });
            listener.onReady();
          });
    }

    /** Whether the store that took the stream has died, also if it lives again. */
    private boolean isGone() {
      return !stores.containsKey(link.to) || life(link.to) != openedLife;
    }

    private void answer(SnapshotDone done) {
      schedule(
          new Link(link.to, link.from),
          () -> {
            if (!over) {
              over = true;
              listener.onDone(done);
            }
          });
    }

    private void fail(String reason) {
      if (!over) {
        over = true;
        listener.onFailed(reason);
      }
    }

    @Override
    public boolean isReady() {
      return receiver != null && inFlight < 2;
    }

    @Override
    public void send(SnapshotChunk chunk) {
      inFlight++;
      chunksInFlightMax = Math.max(chunksInFlightMax, inFlight);
      snapshotBytes += chunk.getSerializedSize();
      SnapshotChunk arrives = chunkFault.apply(chunk);
      schedule(
          link,
          () -> {
            SnapshotReceiver to = receiver;
            if (to == null || isGone() || !passes(link)) {
              fail("the connection broke");
              return;
            }
            to.onChunk(
                arrives,
                () -> {
                  inFlight--;
                  listener.onReady();
                });
          });
    }

    @Override
    public void finish() {
      schedule(
          link,
          () -> {
            SnapshotReceiver to = receiver;
            if (to != null && !isGone()) {
              to.onEnd();
            }
          });
    }

    @Override
    public void abort(String reason) {
      over = true;
      SnapshotReceiver to = receiver;
      if (to != null && !isGone()) {
        to.onFailed(reason);
      }
    }
  }
}
