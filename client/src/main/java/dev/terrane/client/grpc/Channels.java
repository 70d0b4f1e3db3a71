package dev.terrane.client.grpc;

import dev.terrane.proto.HostNames;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * One connection to each address, opened when first used and kept until released. Confined to the
 * event loop, but for {@link #awaitTermination}.
 */
final class Channels {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
  private static final long KEEP_ALIVE_SECONDS = 10;
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 3;

  private final EventLoopGroup loops;
  private final Executor resolver;
  private final Map<String, ManagedChannel> channelByAddress = new LinkedHashMap<>();

  /** Released, and not yet known to have ended. */
  private final List<ManagedChannel> ending = new ArrayList<>();

  /** {@code resolver} looks names up, which may block. */
  Channels(EventLoopGroup loops, Executor resolver) {
    this.loops = loops;
    this.resolver = resolver;
  }

  /**
   * The channel to {@code address}, which is tried anew at once even if the last try failed: how
   * often that is, the core decides.
   */
  ManagedChannel to(String address) {
    ManagedChannel channel = channelByAddress.computeIfAbsent(address, this::open);
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  private ManagedChannel open(String address) {
    return builder(address)
        .eventLoopGroup(loops)
        .channelType(NioSocketChannel.class, InetSocketAddress.class)
        .directExecutor()
        .offloadExecutor(resolver)
        .usePlaintext()
        // gRPC's own retries would keep copies of requests, and could repeat what must not be.
        .disableRetry()
        .disableServiceConfigLookUp()
        .maxTraceEvents(0)
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /**
   * Literal addresses need no look-up, and so no other thread.
   *
   * @throws IllegalArgumentException if {@code address} is not a host and a port
   */
  private static NettyChannelBuilder builder(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(0, colon)).replaceAll("^\\[|]$", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal == null) {
      return NettyChannelBuilder.forTarget(HostNames.target(host, port));
    }
    try {
      return NettyChannelBuilder.forAddress(
          new InetSocketAddress(InetAddress.getByAddress(literal), port));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }

  /** Lets the channel to {@code address} end with the calls that are under way in it. */
  void release(String address) {
    ending.removeIf(ManagedChannel::isTerminated);
    ManagedChannel channel = channelByAddress.remove(address);
    if (channel != null) {
      ending.add(channel.shutdown());
    }
  }

  void shutdown() {
    ending.addAll(channelByAddress.values());
    channelByAddress.clear();
    ending.forEach(ManagedChannel::shutdownNow);
  }

  /** After {@link #shutdown}, from any thread but the event loop. */
  void awaitTermination(long timeoutNanos) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutNanos;
    for (ManagedChannel channel : ending) {
      channel.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }
}
