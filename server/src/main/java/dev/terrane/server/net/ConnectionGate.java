package dev.terrane.server.net;

import dev.terrane.common.TimeSource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in as many connections as there are descriptors for, over all ports whose servers share it:
 * whoever connects must not take what the node needs to write and to reach its fellows.
 *
 * <p>A connection that has not said in time what every HTTP/2 client says first is closed. When all
 * places are taken, a newcomer gets that of one that has not said so yet, else that of the one that
 * has been silent for longest, if that is long; else the newcomer is turned away. Clients whose
 * connection is closed while they do not use it connect again when they do.
 *
 * <p>Thread-safe: connections of one port are on several event loops.
 */
@ChannelHandler.Sharable
public final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGate.class);

  /** The preface of HTTP/2 and the head of the settings that follow it. */
  private static final int GREETING_BYTES = 24 + 9;

  private static final long GREETING_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** Clients and stores that have something open say something every ten seconds. */
  private static final long SILENT_NANOS_MIN = TimeUnit.SECONDS.toNanos(20);

  private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int placesMax;
  private final TimeSource time;
  private final Set<Guest> guests = ConcurrentHashMap.newKeySet();
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicLong closed = new AtomicLong();
  private final AtomicLong warnFromNanos;

  /**
   * @param placesMax how many connections may be open at a time
   */
  public ConnectionGate(int placesMax, TimeSource time) {
    this.placesMax = placesMax;
    this.time = time;
    this.warnFromNanos = new AtomicLong(time.nanoTime());
  }

  /** How many connections are open. */
  public int open() {
    return taken.get();
  }

  /** How many were closed because there were too many, or because they said nothing. */
  public long closed() {
    return closed.get();
  }

  /** A connection was accepted; servers build on what is passed on. */
  @Override
  public void channelRead(ChannelHandlerContext port, Object accepted) {
    Channel connection = (Channel) accepted;
    if (taken.incrementAndGet() > placesMax) {
      warn();
      closed.incrementAndGet();
      Guest leaving = whoeverMayGo();
      if (leaving == null) {
        taken.decrementAndGet();
        connection.unsafe().closeForcibly();
        return;
      }
      leaving.sendAway();
    }
    Guest guest = new Guest(connection);
    guests.add(guest);
    var _ =
        connection
            .closeFuture()
            .addListener(end -> {
              guests.remove(guest);
              taken.decrementAndGet();
            });
    connection.pipeline().addFirst(guest);
    port.fireChannelRead(accepted);
  }

  private @Nullable Guest whoeverMayGo() {
    Guest silent = null;
    Guest mute = null;
    for (Guest guest : guests) {
      if (guest.leaves) {
        continue;
      }
      if (guest.greeted) {
        silent = silent == null || guest.heardNanos - silent.heardNanos < 0 ? guest : silent;
      } else {
        mute = mute == null || guest.heardNanos - mute.heardNanos < 0 ? guest : mute;
      }
    }
    if (mute != null) {
      return mute;
    }
    boolean longEnough = silent != null && time.nanoTime() - silent.heardNanos > SILENT_NANOS_MIN;
    return longEnough ? silent : null;
  }

  private void warn() {
    long now = time.nanoTime();
    long from = warnFromNanos.get();
    if (now - from >= 0 && warnFromNanos.compareAndSet(from, now + WARN_EVERY_NANOS)) {
      log.warn(
          "all {} connections that this node can have are open: the quietest are closed, and"
              + " others turned away; raise the limit of open files (ulimit -n)",
          placesMax);
    }
  }

  /** One connection: the first to see what it says. */
  private final class Guest extends ChannelInboundHandlerAdapter {
    private final Channel connection;
    private int greetingBytes;
    private volatile boolean greeted;
    private volatile boolean leaves;
    private volatile @Nullable ChannelHandlerContext here;
    private volatile long heardNanos = time.nanoTime();

    Guest(Channel connection) {
      this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      here = context;
      if (context.channel().isRegistered()) {
        expectGreeting(context);
      }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
      expectGreeting(context);
      context.fireChannelRegistered();
    }

    private void expectGreeting(ChannelHandlerContext context) {
      var _ =
          context.executor().schedule(this::closeIfMute, GREETING_NANOS_MAX, TimeUnit.NANOSECONDS);
    }

    private void closeIfMute() {
      if (!greeted && connection.isOpen()) {
        closed.incrementAndGet();
        sendAway();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      heardNanos = time.nanoTime();
      if (!greeted && message instanceof ByteBuf bytes) {
        greetingBytes += bytes.readableBytes();
        greeted = greetingBytes >= GREETING_BYTES;
      }
      context.fireChannelRead(message);
    }

    /** From here and not from the channel: those behind would take leave at length first. */
    void sendAway() {
      leaves = true;
      ChannelHandlerContext context = here;
      var _ = context == null ? connection.close() : context.close();
    }
  }
}
