package dev.terrane.server.net;

import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.server.run.FatalHandler;
import dev.terrane.server.traffic.NodeTraffic;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Starts gRPC servers on the shared event loops. Handlers run on those, so they must not block.
 *
 * <p>Pings are allowed every second, also without calls: the published clients ping every ten
 * seconds, and gRPC's default of one in five minutes would cut them off.
 */
public final class GrpcServers {
  /**
   * What a client may send of messages that nobody has asked for yet, and so the one thing that a
   * connection holds uncounted: no larger than needed, since there are many.
   */
  static final int FLOW_CONTROL_WINDOW_BYTES = 512 << 10;

  /** As TiKV's default; more calls of a client wait in the client. */
  private static final int CALLS_PER_CONNECTION_MAX = 1024;

  /**
   * Calls of one connection that may be given up in {@link #GIVEN_UP_WINDOW_SECONDS}: all that it
   * can have, once a second. More is no client whose deadlines pass; to begin a call costs the
   * server far more than to give it up costs the client, and no bound of calls under way counts
   * those that end at once.
   */
  private static final int GIVEN_UP_MAX = 10 * CALLS_PER_CONNECTION_MAX;

  private static final int GIVEN_UP_WINDOW_SECONDS = 10;

  private final EventLoops loops;
  private final ConnectionGate gate;
  private final int messageBytesMax;
  private final NodeTraffic traffic;
  private final FatalHandler fatal;

  public GrpcServers(
      EventLoops loops,
      ConnectionGate gate,
      int messageBytesMax,
      NodeTraffic traffic,
      FatalHandler fatal) {
    this.loops = loops;
    this.gate = gate;
    this.messageBytesMax = messageBytesMax;
    this.traffic = traffic;
    this.fatal = fatal;
  }

  /** What all calls of these servers are counted on. */
  public TrafficBudget budget() {
    return traffic.budget();
  }

  /** For the services of a server that is to be started. */
  public LateServices services() {
    return new LateServices(traffic);
  }

  /**
   * Starts listening; port 0 takes any free one, which {@link GrpcServer#port} tells. The services
   * may come later.
   *
   * @param what for the message of the exception, as in "PD address"
   * @param methodsThatEnd full names of the methods whose streams end by themselves when the node
   *     stops
   * @throws AddressInUseException if somebody else listens there
   */
  public GrpcServer start(
      String what, HostPort address, LateServices services, Set<String> methodsThatEnd)
      throws IOException {
    OpenStreams streams = new OpenStreams(methodsThatEnd);
    HangUps hangUps = new HangUps();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(address.host(), address.port()))
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .channelFactory(hangUps.listening(() -> loops.serverChannel(gate)))
            .directExecutor()
            .maxInboundMessageSize(messageBytesMax)
            .decompressorRegistry(traffic.decompressors())
            .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
            .maxRstFramesPerWindow(GIVEN_UP_MAX, GIVEN_UP_WINDOW_SECONDS)
            .addStreamTracerFactory(traffic.partialMessages())
            // The last one added is the outermost.
            .intercept(hangUps)
            .intercept(streams)
            .intercept(new FatalInterceptor(fatal))
            .intercept(new StatusTranslator());
    builder.fallbackHandlerRegistry(services);
    try {
      return new GrpcServer(builder.build().start(), streams);
    } catch (IOException e) {
      // Starting does nothing else that could fail; epoll and NIO say it in different classes.
      throw new AddressInUseException(what, address, e);
    }
  }
}
