package dev.terrane.sim.net;

import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.World;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection. Frames arrive in order; those that are sent together arrive
 * together. While nothing gets through they are tried again, further and further apart, until the
 * connection is given up.
 */
final class Pipe {
  private static final long RETRY_NANOS_MIN = 200_000_000;
  private static final long RETRY_NANOS_MAX = 3_000_000_000L;
  private static final long GIVE_UP_NANOS_MIN = 10_000_000_000L;
  private static final long GIVE_UP_NANOS_MAX = 13_000_000_000L;

  private final SimNetwork network;
  private final Connection connection;
  private final NodeProcess from;
  private final NodeProcess to;
  private final Link link;
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private World.@Nullable Event next;
  private long sentNanos = -1;
  private long lastNanos;
  private long retryNanos = RETRY_NANOS_MIN;
  private long giveUpNanos;

  private record Frame(long atNanos, Runnable arrival) {}

  Pipe(SimNetwork network, Connection connection, NodeProcess from, NodeProcess to) {
    this.network = network;
    this.connection = connection;
    this.from = from;
    this.to = to;
    this.link = network.link(from.machine(), to.machine());
  }

  void send(Runnable arrival) {
    long now = network.world().nowNanos();
    if (now != sentNanos) {
      sentNanos = now;
      lastNanos = Math.max(lastNanos, now + link.latencyNanos(network.chance()));
    }
    frames.add(new Frame(lastNanos, arrival));
    if (next == null) {
      plan(lastNanos);
    }
  }

  private void plan(long atNanos) {
    next = network.world().at(atNanos, this::arrive);
  }

  private void arrive() {
    next = null;
    long now = network.world().nowNanos();
    if (to.isDead() && to.machine().isPowered() && !link.isCut()) {
      connection.reset(from);
      return;
    }
    if (link.isCut() || to.isDead()) {
      retry(now);
      return;
    }
    if (to.isPaused()) {
      plan(to.pausedUntilNanos());
      return;
    }
    giveUpNanos = 0;
    retryNanos = RETRY_NANOS_MIN;
    to.loop().run(() -> deliver(now));
    if (!frames.isEmpty() && next == null && !connection.isOver()) {
      plan(Math.max(now, frames.element().atNanos));
    }
  }

  private void deliver(long now) {
    while (!frames.isEmpty() && frames.element().atNanos <= now && !to.isDead()) {
      frames.remove().arrival.run();
    }
  }

  private void retry(long now) {
    if (giveUpNanos == 0) {
      giveUpNanos = now + network.chance().nextLong(GIVE_UP_NANOS_MIN, GIVE_UP_NANOS_MAX);
    }
    if (now >= giveUpNanos) {
      connection.reset(from);
      return;
    }
    plan(now + network.chance().nextLong(retryNanos / 2, retryNanos));
    retryNanos = Math.min(RETRY_NANOS_MAX, retryNanos * 2);
  }

  void drop() {
    frames.clear();
    World.Event planned = next;
    next = null;
    if (planned != null) {
      planned.callOff();
    }
  }
}
