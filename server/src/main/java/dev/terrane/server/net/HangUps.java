package dev.terrane.server.net;

import dev.terrane.server.traffic.NodeTraffic;
import io.grpc.Attributes;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Lets a connection be closed by whoever has one of its calls, which gRPC has no way for: an answer
 * that has been handed over stays until its client reads it. Thread-safe.
 */
final class HangUps implements ServerInterceptor {
  private final ConcurrentMap<SocketAddress, Channel> connectionByRemote =
      new ConcurrentHashMap<>();

  /** Listening channels of {@code type} that tell of each connection that its handlers let in. */
  ChannelFactory<ServerChannel> listening(ChannelFactory<? extends ServerChannel> type) {
    return () -> {
      ServerChannel channel = type.newChannel();
      channel.pipeline().addLast(new Accepted());
      return channel;
    };
  }

  private final class Accepted extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Channel connection && connection.remoteAddress() != null) {
        SocketAddress remote = connection.remoteAddress();
        connectionByRemote.put(remote, connection);
        connection
            .closeFuture()
            .addListener(closed -> connectionByRemote.remove(remote, connection));
      }
      context.fireChannelRead(message);
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public Attributes getAttributes() {
            return withHangUp(super.getAttributes());
          }
        },
        headers);
  }

  private Attributes withHangUp(Attributes attributes) {
    SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    Channel connection = remote == null ? null : connectionByRemote.get(remote);
    if (connection == null) {
      return attributes;
    }
    Runnable hangUp = () -> hangUp(connection);
    return attributes.toBuilder().set(NodeTraffic.HANG_UP, hangUp).build();
  }

  /** At the bottom: HTTP/2's handler would first let all answers be read. */
  private static void hangUp(Channel connection) {
    ChannelHandlerContext bottom = connection.pipeline().firstContext();
    if (bottom != null) {
      var _ = bottom.close();
    }
  }
}
