package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegionErrors;
import dev.terrane.proto.import_sstpb.Error;
import dev.terrane.proto.import_sstpb.ImportSSTGrpc;
import dev.terrane.proto.import_sstpb.IngestResponse;
import dev.terrane.proto.import_sstpb.MultiIngestRequest;
import dev.terrane.proto.import_sstpb.RawWriteRequest;
import dev.terrane.proto.import_sstpb.RawWriteResponse;
import dev.terrane.proto.import_sstpb.SSTMeta;
import dev.terrane.proto.import_sstpb.SwitchModeRequest;
import dev.terrane.proto.import_sstpb.SwitchModeResponse;
import dev.terrane.proto.import_sstpb.WriteRequest;
import dev.terrane.proto.import_sstpb.WriteResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import dev.terrane.server.tikv.RequestContexts;
import dev.terrane.txn.raw.RawCommands;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Bulk loading of raw pairs. Switching modes changes nothing: there is only one. */
public final class ImportSstService extends ImportSSTGrpc.ImportSSTImplBase {
  /** Published clients name a few. */
  private static final int UPLOADS_AT_ONCE_MAX = 4096;

  private final RequestContexts contexts;
  private final RawCommands commands;
  private final LoopExecutor loop;
  private final long bytesMax;
  private final Uploads uploads;

  /**
   * @param bytesMax of all uploads that wait; one may take half of it
   */
  public ImportSstService(
      RequestContexts contexts, RawCommands commands, LoopExecutor loop, long bytesMax) {
    this.contexts = contexts;
    this.commands = commands;
    this.loop = loop;
    this.bytesMax = bytesMax;
    this.uploads = new Uploads(bytesMax);
  }

  /** Bytes of uploads that wait. */
  public long uploadedBytes() {
    return uploads.bytes();
  }

  @Override
  public void switchMode(SwitchModeRequest request, StreamObserver<SwitchModeResponse> client) {
    new Unary<>(client, loop).answer(SwitchModeResponse.getDefaultInstance());
  }

  @Override
  public StreamObserver<RawWriteRequest> rawWrite(StreamObserver<RawWriteResponse> client) {
    return new RawUploadStream(uploads, bytesMax / 2, new Unary<>(client, loop));
  }

  @Override
  public StreamObserver<WriteRequest> write(StreamObserver<WriteResponse> client) {
    Unary<WriteResponse> call = new Unary<>(client, loop);
    return new StreamObserver<>() {
      @Override
      public void onNext(WriteRequest ignored) {}

      @Override
      public void onError(Throwable broken) {}

      @Override
      public void onCompleted() {
        Error error = Error.newBuilder().setMessage("transactions are not offered yet").build();
        call.answer(WriteResponse.newBuilder().setError(error).build());
      }
    };
  }

  @Override
  public void multiIngest(MultiIngestRequest request, StreamObserver<IngestResponse> client) {
    Unary<IngestResponse> call = new Unary<>(client, loop);
    Status notForUs = contexts.refusal(request.getContext());
    if (notForUs != null) {
      call.fail(notForUs);
      return;
    }
    if (request.getSstsCount() > UPLOADS_AT_ONCE_MAX) {
      call.fail(
          Status.INVALID_ARGUMENT.withDescription(
              "%d uploads in one call, at most %d: ask in several"
                  .formatted(request.getSstsCount(), UPLOADS_AT_ONCE_MAX)));
      return;
    }
    Set<Bytes> ids = new LinkedHashSet<>();
    List<Upload.Step> steps = new ArrayList<>();
    for (SSTMeta sst : request.getSstsList()) {
      Bytes id = ProtoBytes.toBytes(sst.getUuid());
      if (!ids.add(id)) {
        continue;
      }
      Upload upload = uploads.get(id);
      if (upload == null) {
        call.answer(
            refused(new RegionError.Other("upload " + id.toHex() + " is not here; send it again")));
        return;
      }
      steps.addAll(upload.steps());
    }
    new Ingestion(
            commands,
            RequestContexts.raw(request.getContext(), ""),
            steps,
            loop,
            error -> {
              if (error != null) {
                call.answer(refused(error));
                return;
              }
              ids.forEach(uploads::remove);
              call.answer(IngestResponse.getDefaultInstance());
            })
        .step();
  }

  private static IngestResponse refused(RegionError error) {
    return IngestResponse.newBuilder().setError(ProtoRegionErrors.toProto(error)).build();
  }
}
