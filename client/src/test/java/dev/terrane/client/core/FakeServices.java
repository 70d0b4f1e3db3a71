package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** A {@link FakeCluster} as gRPC services. Calls of all threads take turns. */
public final class FakeServices {
  private final FakeCluster cluster;
  private boolean answering = true;

  public FakeServices(FakeCluster cluster) {
    this.cluster = cluster;
  }

  /** Whether requests of the batch stream are answered at all. */
  public synchronized void answer(boolean whether) {
    answering = whether;
  }

  /** What the scans asked for. */
  public synchronized List<Integer> pages() {
    return cluster.pages();
  }

  /** Regions have a peer of a role that nobody knows. */
  public synchronized void tellOfUnknownRoles() {
    cluster
        .pd()
        .distort(answer -> {
          if (!(answer instanceof ScanRegionsResponse regions)) {
            return answer;
          }
          ScanRegionsResponse.Builder changed = regions.toBuilder();
          for (var region : changed.getRegionsBuilderList()) {
            region.getRegionBuilder().getPeersBuilder(0).setRoleValue(77);
          }
          return changed.build();
        });
  }

  /** Tells the client that PD is at {@code address}. */
  public synchronized void pdIsAt(String address) {
    cluster.pd().members(List.of(address));
  }

  public synchronized void storeIsAt(long storeId, String address) {
    cluster.move(storeId, address);
  }

  /** What PD answers at {@code address}. */
  public List<ServerServiceDefinition> pd(Address address) {
    return List.of(
        ServerServiceDefinition.builder("pdpb.PD")
            .addMethod(method(Rpc.GET_MEMBERS), unary(address, Rpc.GET_MEMBERS))
            .addMethod(method(Rpc.GET_REGION), unary(address, Rpc.GET_REGION))
            .addMethod(method(Rpc.GET_PREV_REGION), unary(address, Rpc.GET_PREV_REGION))
            .addMethod(method(Rpc.SCAN_REGIONS), unary(address, Rpc.SCAN_REGIONS))
            .addMethod(method(Rpc.GET_STORE), unary(address, Rpc.GET_STORE))
            .addMethod(method(Rpc.TSO), unary(address, Rpc.TSO))
            .build());
  }

  /** What the store at {@code address} answers. */
  public BindableService store(Address address) {
    return () ->
        ServerServiceDefinition.builder("tikvpb.Tikv")
            .addMethod(method(Rpc.RAW_COMPARE_AND_SWAP), unary(address, Rpc.RAW_COMPARE_AND_SWAP))
            .addMethod(
                TikvGrpc.getBatchCommandsMethod(),
                ServerCalls.asyncBidiStreamingCall(out -> batches(address, out)))
            .build();
  }

  /** Where a server listens, known once it does. */
  public interface Address {
    String get();
  }

  private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
      Rpc<Q, A> rpc) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName(rpc.path())
        .setRequestMarshaller(ProtoUtils.marshaller(rpc.requestDefault()))
        .setResponseMarshaller(ProtoUtils.marshaller(rpc.answerDefault()))
        .build();
  }

  private <Q extends Message, A extends Message> io.grpc.ServerCallHandler<Q, A> unary(
      Address address, Rpc<Q, A> rpc) {
    return ServerCalls.asyncUnaryCall((request, out) -> {
      A answer = answer(address, rpc, request);
      if (answer == null) {
        out.onError(Status.UNAVAILABLE.withDescription("not leader").asRuntimeException());
      } else {
        out.onNext(answer);
        out.onCompleted();
      }
    });
  }

  private synchronized <Q extends Message, A extends Message>
      @org.jspecify.annotations.Nullable A answer(Address address, Rpc<Q, A> rpc, Q request) {
    return cluster.unary(address.get(), rpc, request);
  }

  private StreamObserver<BatchCommandsRequest> batches(
      Address address, StreamObserver<BatchCommandsResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(BatchCommandsRequest message) {
        synchronized (FakeServices.this) {
          BatchCommandsResponse answer = cluster.batch(address.get(), message);
          if (answer != null && answering) {
            out.onNext(answer);
          }
        }
      }

      @Override
      public void onError(Throwable broken) {}

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }
}
