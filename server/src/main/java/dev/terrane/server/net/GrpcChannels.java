package dev.terrane.server.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Opens channels to other nodes on the shared event loops. Callbacks run on those. */
public final class GrpcChannels {
  private final EventLoops loops;
  private final int messageBytesMax;

  public GrpcChannels(EventLoops loops, int messageBytesMax) {
    this.loops = loops;
    this.messageBytesMax = messageBytesMax;
  }

  /** Connects when it is first used; to be closed by the caller. */
  public ManagedChannel open(HostPort address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port())
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
}
