package dev.terrane.bench.echo;

import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import io.grpc.stub.StreamObserver;

/** Answers every message of the batch stream at once, in one message. */
final class EchoStore extends TikvGrpc.TikvImplBase {
  private static final BatchCommandsResponse.Response PUT =
      BatchCommandsResponse.Response.newBuilder()
          .setRawPut(RawPutResponse.getDefaultInstance())
          .build();
  private static final BatchCommandsResponse.Response GET =
      BatchCommandsResponse.Response.newBuilder()
          .setRawGet(RawGetResponse.newBuilder().setNotFound(true))
          .build();

  @Override
  public StreamObserver<BatchCommandsRequest> batchCommands(
      StreamObserver<BatchCommandsResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(BatchCommandsRequest message) {
        BatchCommandsResponse.Builder answers =
            BatchCommandsResponse.newBuilder().addAllRequestIds(message.getRequestIdsList());
        for (BatchCommandsRequest.Request request : message.getRequestsList()) {
          answers.addResponses(request.hasRawGet() ? GET : PUT);
        }
        out.onNext(answers.build());
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
