package dev.terrane.server.net;

import dev.terrane.proto.HostNames;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Channels over TCP, on the shared event loops. Callbacks run on those. */
public final class NettyChannels implements GrpcChannels {
  private final EventLoops loops;
  private final int messageBytesMax;

  public NettyChannels(EventLoops loops, int messageBytesMax) {
    this.loops = loops;
    this.messageBytesMax = messageBytesMax;
  }

  @Override
  public ManagedChannel open(HostPort address) {
    return NettyChannelBuilder.forTarget(HostNames.target(address.host(), address.port()))
        .eventLoopGroup(loops.group())
        .channelType(loops.channelType())
        .directExecutor()
        .usePlaintext()
        .maxInboundMessageSize(messageBytesMax)
        .flowControlWindow(GrpcServers.FLOW_CONTROL_WINDOW_BYTES)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(3, TimeUnit.SECONDS)
        .build();
  }

  @Override
  public Deadline deadlineAfter(long millis) {
    return Deadline.after(millis, TimeUnit.MILLISECONDS);
  }
}
