package dev.terrane.client.core;

import dev.terrane.client.ClientBusyException;
import dev.terrane.client.ClientClosedException;
import dev.terrane.common.Invariant;
import dev.terrane.common.TimeSource;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Waker;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client without its network: an agent that takes operations from any thread and works on them
 * on the one that polls it. {@link RawCommands} and {@link PdCommands} make the operations.
 *
 * <p>The path of an operation: inbox, route (Region cache, else PD), the stream of the Region's
 * leader, and back through {@link Transport}'s callbacks. Whatever one poll or one callback brings
 * about leaves together at its end, in {@link #flush}. What a step throws ends the operation that
 * it was for, as {@link Task#broke} has it, and no other.
 *
 * <p>Everything but {@link #submit} is confined to the polling thread.
 */
public final class ClientCore implements Agent {
  private static final int TASKS_PER_POLL_MAX = 1024;
  private static final int REGIONS_MAX = 100_000;
  private static final long REGION_BYTES_MAX = 64L << 20;

  private final ClientConfig config;
  private final Transport transport;
  private final TimeSource time;
  private final RandomGenerator random;
  private final Timers timers;
  private final Inbox<Task> inbox;
  private final PdLink pd;
  private final KeyspaceLoader keyspace;
  private final RegionLoader loader = new RegionLoader(this);
  private final RegionCache cache = new RegionCache(REGIONS_MAX, REGION_BYTES_MAX);
  private final Recovery recovery = new Recovery(this);
  private final Map<Long, StoreLink> linkByStoreId = new LinkedHashMap<>();
  private final List<StoreStream> dirty = new ArrayList<>();
  private final Deque<RegionCall> toRoute = new ArrayDeque<>();
  private final Addresses addresses;
  private boolean routing;
  private @Nullable KeyCodec codec;
  private volatile boolean closed;

  /** {@code random} need not be secure; it spreads retries. */
  public ClientCore(
      ClientConfig config, Transport transport, TimeSource time, RandomGenerator random) {
    if (config.pdAddresses().isEmpty()) {
      throw new IllegalArgumentException("no address of PD is given");
    }
    this.config = config;
    this.transport = transport;
    this.time = time;
    this.random = random;
    this.timers = new Timers(time.nanoTime());
    // Callers on the polling thread are admitted past outstandingMax; hence the room.
    this.inbox = new Inbox<>("client", Math.max(1024, 4 * config.outstandingMax()));
    this.addresses = new Addresses(transport);
    this.pd = new PdLink(this, config.pdAddresses());
    String keyspaceName = config.keyspace();
    this.keyspace = new KeyspaceLoader(this, keyspaceName == null ? "" : keyspaceName);
    this.codec = keyspaceName == null ? KeyCodec.version1() : null;
  }

  @Override
  public String name() {
    return "client";
  }

  /** Who is told that there is something to poll for; before the first operation. */
  public void onWork(Waker waker) {
    inbox.onMessage(waker);
  }

  @Override
  public int poll(TimeSource clock) {
    if (closed) {
      // Whoever submits looks into the inbox by now, and it bears one at a time.
      rejectAll();
      return 0;
    }
    int work = inbox.drain(ClientCore::begin, TASKS_PER_POLL_MAX);
    work += timers.fire(clock.nanoTime());
    flush();
    return work;
  }

  private static void begin(Task task) {
    try {
      task.start();
    } catch (Throwable thrown) {
      task.broke(thrown);
    }
  }

  /** One step of the work on {@code task}, which alone ends if it throws. */
  void step(Task task, Runnable step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      task.broke(thrown);
    }
  }

  @Override
  public long nextDeadlineNanos() {
    return timers.nextNanos();
  }

  /** Ends every operation and every stream. Later operations fail at once. */
  @Override
  public void onClose() {
    closed = true;
    timers.close();
    linkByStoreId.values().forEach(StoreLink::cancelStreams);
    rejectAll();
  }

  /** From any thread. */
  void submit(Task task) {
    if (closed) {
      task.failed(new ClientClosedException("the client is closed"));
    } else if (!inbox.offer(task)) {
      task.failed(new ClientBusyException("too many operations wait for the client's thread"));
    } else if (closed) {
      // It may have come after the last look into the inbox.
      rejectAll();
    }
  }

  private synchronized void rejectAll() {
    while (!inbox.isEmpty()) {
      inbox.drain(
          task -> task.failed(new ClientClosedException("the client is closed")),
          TASKS_PER_POLL_MAX);
    }
  }

  /**
   * Sends {@code call} to where it belongs, or has it wait for what is missing to know that.
   * Routing one call may bring about others, as the rest of a batch is another call; these are
   * routed one after the other and not one within the other, however many they are.
   */
  void route(RegionCall call) {
    toRoute.add(call);
    if (routing) {
      return;
    }
    routing = true;
    try {
      for (RegionCall next = toRoute.poll(); next != null; next = toRoute.poll()) {
        try {
          routeNow(next);
        } catch (Throwable thrown) {
          next.broke(thrown);
        }
      }
    } finally {
      routing = false;
    }
  }

  private void routeNow(RegionCall call) {
    if (call.hasEnded()) {
      return;
    }
    KeyCodec known = codec;
    if (known == null) {
      call.locating();
      loader.await(call);
      return;
    }
    call.prepareOnce(known);
    CachedRegion region = locate(call);
    if (region == null) {
      call.locating();
      loader.await(call);
      return;
    }
    call.routed(region);
    StoreLink link = link(region.target().storeId());
    if (!link.isResolved()) {
      call.resolving();
      link.await(call);
      return;
    }
    call.fit(region);
    call.sendTo(link);
  }

  /** The cached Region of {@code call}, which knows its wire keys by then. */
  @Nullable CachedRegion locate(RegionCall call) {
    return call.routesBelow() ? cache.findBelow(call.routeKey()) : cache.find(call.routeKey());
  }

  /**
   * Takes in a Region as a store tells of it.
   *
   * @throws IllegalArgumentException if its bounds are not those of this API version
   */
  void learn(Region regionOfStore, @Nullable Peer leader) {
    cache.insert(codec().fromPd(regionOfStore), leader, codec());
    resolveStores(regionOfStore);
  }

  /**
   * Takes in a Region as PD tells of it.
   *
   * @throws IllegalArgumentException if its bounds are not those of this API version
   */
  void learnFromPd(Region region, @Nullable Peer leader) {
    cache.insertFromPd(codec().fromPd(region), leader, codec());
    resolveStores(region);
  }

  /** Not only the leader's: when that is lost, PD's leader may be lost with it. */
  private void resolveStores(Region region) {
    for (Peer peer : region.peers()) {
      link(peer.storeId()).resolveAhead();
    }
  }

  /** Keys can be encoded from now on. */
  void started(KeyCodec known) {
    codec = known;
    loader.retryAll();
  }

  StoreLink link(long storeId) {
    return linkByStoreId.computeIfAbsent(storeId, id -> new StoreLink(this, id));
  }

  void flushLater(StoreStream stream) {
    dirty.add(stream);
  }

  /** Called at the end of everything that may have queued a request. */
  void flush() {
    // Flushing may route a call elsewhere, which makes another stream dirty.
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).flush();
    }
    dirty.clear();
  }

  /** When one try that starts now is given up. */
  long attemptDeadline(long deadlineNanos) {
    return Math.min(deadlineNanos, now() + config.attemptTimeout().toNanos());
  }

  long now() {
    return time.nanoTime();
  }

  KeyCodec codec() {
    KeyCodec known = codec;
    if (known == null) {
      throw Invariant.violated("keys are encoded before the keyspace is known");
    }
    return known;
  }

  @Nullable KeyCodec codecOrNull() {
    return codec;
  }

  ClientConfig config() {
    return config;
  }

  Transport transport() {
    return transport;
  }

  RandomGenerator random() {
    return random;
  }

  Timers timers() {
    return timers;
  }

  /** Nothing of the store is kept; should it be needed after all, PD is asked again. */
  void forget(StoreLink link) {
    if (linkByStoreId.remove(link.storeId(), link)) {
      link.close();
    }
  }

  /** Forgets stores that no known Region has a peer on, and that nobody waits for. */
  void forgetStoresOfNoUse() {
    for (StoreLink link : List.copyOf(linkByStoreId.values())) {
      if (!cache.needs(link.storeId()) && link.isIdle()) {
        forget(link);
      }
    }
  }

  Addresses addresses() {
    return addresses;
  }

  PdLink pd() {
    return pd;
  }

  KeyspaceLoader keyspace() {
    return keyspace;
  }

  RegionLoader loader() {
    return loader;
  }

  RegionCache cache() {
    return cache;
  }

  Recovery recovery() {
    return recovery;
  }
}
