package dev.terrane.sim.net;

import com.google.protobuf.Message;
import dev.terrane.client.core.Rpc;
import dev.terrane.client.core.Transport;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transport of the client's core over simulated channels. */
public final class SimTransport implements Transport {
  private static final int READY_BELOW_BYTES = 256 << 10;

  private final GrpcChannels channels;
  private final Map<String, ManagedChannel> channelByAddress = new LinkedHashMap<>();
  private final Map<String, MethodDescriptor<?, ?>> methodByPath = new LinkedHashMap<>();
  private Runnable afterEvent = () -> {};

  public SimTransport(GrpcChannels channels) {
    this.channels = channels;
  }

  /** Runs after everything that the core has heard, since it may have moved its deadline. */
  public void onEvent(Runnable action) {
    afterEvent = action;
  }

  private ManagedChannel channel(String address) {
    ManagedChannel channel =
        channelByAddress.computeIfAbsent(address, key -> channels.open(HostPort.parse(key)));
    // The core has pauses of its own.
    channel.resetConnectBackoff();
    return channel;
  }

  @SuppressWarnings("unchecked") // The path alone decides what the types are.
  private <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(Rpc<Q, A> rpc) {
    return (MethodDescriptor<Q, A>)
        methodByPath.computeIfAbsent(
            rpc.path(),
            path ->
                MethodDescriptor.<Q, A>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName(path)
                    .setRequestMarshaller(ProtoUtils.marshaller(rpc.requestDefault()))
                    .setResponseMarshaller(ProtoUtils.marshaller(rpc.answerDefault()))
                    .build());
  }

  @Override
  public BatchStream openBatch(String address, BatchListener listener) {
    Stream stream =
        new Stream(
            channel(address)
                .newCall(
                    TikvGrpc.getBatchCommandsMethod(),
                    CallOptions.DEFAULT.withOnReadyThreshold(READY_BELOW_BYTES)),
            listener);
    stream.call.start(stream, new Metadata());
    stream.call.request(Integer.MAX_VALUE);
    return stream;
  }

  @Override
  public <Q extends Message, A extends Message> Call unary(
      String address, Rpc<Q, A> rpc, Q request, UnaryListener<A> listener) {
    Unary<Q, A> unary =
        new Unary<>(channel(address).newCall(method(rpc), CallOptions.DEFAULT), listener);
    unary.call.start(unary, new Metadata());
    unary.call.request(2);
    unary.call.sendMessage(request);
    unary.call.halfClose();
    return unary;
  }

  @Override
  public void release(String address) {
    ManagedChannel channel = channelByAddress.remove(address);
    if (channel != null) {
      channel.shutdown();
    }
  }

  private static Failure failure(ClientCall<?, ?> call, Status status) {
    Failure.Kind kind;
    if (status.getCode() == Status.Code.UNIMPLEMENTED) {
      kind = Failure.Kind.UNIMPLEMENTED;
    } else if (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) == null) {
      kind = Failure.Kind.NOT_TAKEN;
    } else {
      kind = Failure.Kind.LOST;
    }
    return new Failure(kind, status.getCode() + " " + status.getDescription());
  }

  private final class Stream extends ClientCall.Listener<BatchCommandsResponse>
      implements BatchStream {
    private final ClientCall<BatchCommandsRequest, BatchCommandsResponse> call;
    private final BatchListener listener;
    private boolean over;

    Stream(ClientCall<BatchCommandsRequest, BatchCommandsResponse> call, BatchListener listener) {
      this.call = call;
      this.listener = listener;
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(BatchCommandsRequest message) {
      call.sendMessage(message);
    }

    @Override
    public void cancel() {
      over = true;
      call.cancel("the client gives the stream up", null);
    }

    @Override
    public void onReady() {
      if (!over) {
        listener.onReady();
        afterEvent.run();
      }
    }

    @Override
    public void onMessage(BatchCommandsResponse message) {
      if (!over) {
        listener.onMessage(message);
        afterEvent.run();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!over) {
        over = true;
        listener.onClosed(failure(call, status));
        afterEvent.run();
      }
    }
  }

  private final class Unary<Q, A> extends ClientCall.Listener<A> implements Call {
    private final ClientCall<Q, A> call;
    private final UnaryListener<A> listener;
    private @Nullable A answer;
    private boolean over;

    Unary(ClientCall<Q, A> call, UnaryListener<A> listener) {
      this.call = call;
      this.listener = listener;
    }

    @Override
    public void cancel() {
      over = true;
      call.cancel("the client gives the call up", null);
    }

    @Override
    public void onMessage(A message) {
      answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (over) {
        return;
      }
      over = true;
      A received = answer;
      if (status.isOk() && received != null) {
        listener.onAnswer(received);
      } else if (status.isOk()) {
        listener.onFailure(new Failure(Failure.Kind.LOST, "the call ended without an answer"));
      } else {
        listener.onFailure(failure(call, status));
      }
      afterEvent.run();
    }
  }
}
