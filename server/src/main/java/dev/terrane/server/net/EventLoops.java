package dev.terrane.server.net;

import dev.terrane.server.run.FatalHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that a node's servers, transports and clients share: one up to four cores, then
 * one for each four. Epoll where the machine has it, else NIO.
 */
public final class EventLoops implements AutoCloseable {
  private static final int CORES_PER_LOOP = 4;

  private final EventLoopGroup group;
  private final boolean epoll;

  public EventLoops(String name, int cores) {
    this(name, Math.max(1, cores / CORES_PER_LOOP), Epoll.isAvailable());
  }

  EventLoops(String name, int loops, boolean epoll) {
    this.epoll = epoll;
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group =
        new MultiThreadIoEventLoopGroup(
            loops, Thread.ofPlatform().name(name + "-", 0).daemon(true).factory(), handlers);
  }

  public EventLoopGroup group() {
    return group;
  }

  /** One of the loops, as an executor. */
  public LoopExecutor executor(FatalHandler fatal) {
    return new NettyLoopExecutor(group.next(), fatal);
  }

  /** A channel to listen on, which shows each connection to {@code first} before anybody else. */
  ServerChannel serverChannel(ChannelHandler first) {
    ServerChannel channel = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    channel.pipeline().addLast(first);
    return channel;
  }

  Class<? extends Channel> channelType() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** Ends the loops; everything that uses them is closed before. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
