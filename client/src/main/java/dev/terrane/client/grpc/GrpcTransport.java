package dev.terrane.client.grpc;

import com.google.protobuf.Message;
import dev.terrane.client.core.Rpc;
import dev.terrane.client.core.Transport;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@link Transport} by gRPC. Confined to the event loop. */
final class GrpcTransport implements Transport {
  private final ClientLoop loop;
  private final Channels channels;
  private final Map<String, MethodDescriptor<?, ?>> methodByPath = new LinkedHashMap<>();

  GrpcTransport(ClientLoop loop, Channels channels) {
    this.loop = loop;
    this.channels = channels;
  }

  @Override
  public BatchStream openBatch(String address, BatchListener listener) {
    GrpcBatchStream stream = new GrpcBatchStream(loop, listener);
    try {
      stream.open(channels.to(address));
    } catch (IllegalArgumentException e) {
      stream.refuse(notAnAddress(address, e));
    }
    return stream;
  }

  @Override
  public <Q extends Message, A extends Message> Call unary(
      String address, Rpc<Q, A> rpc, Q request, UnaryListener<A> listener) {
    GrpcUnaryCall<Q, A> call = new GrpcUnaryCall<>(loop, listener);
    try {
      call.send(channels.to(address), method(rpc), request);
    } catch (IllegalArgumentException e) {
      call.refuse(notAnAddress(address, e));
    }
    return call;
  }

  @Override
  public void release(String address) {
    channels.release(address);
  }

  /** What PD calls an address may be none. */
  private static Failure notAnAddress(String address, IllegalArgumentException why) {
    return new Failure(
        Failure.Kind.NOT_TAKEN, "'" + address + "' is not an address: " + why.getMessage());
  }

  /** Descriptors are compared by identity inside gRPC, so each is made once. */
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
}
