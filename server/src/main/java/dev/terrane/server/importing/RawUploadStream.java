package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.import_sstpb.Error;
import dev.terrane.proto.import_sstpb.Pair;
import dev.terrane.proto.import_sstpb.RawWriteBatch;
import dev.terrane.proto.import_sstpb.RawWriteRequest;
import dev.terrane.proto.import_sstpb.RawWriteResponse;
import dev.terrane.proto.import_sstpb.SSTMeta;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.txn.raw.RawPair;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Receives one upload: first what it is, then its pairs. An upload beyond the bound, or for which
 * the node has no room, is refused as a whole. Confined to its call's thread.
 */
final class RawUploadStream implements StreamObserver<RawWriteRequest> {
  private static final int STEP_PAIRS_MAX = 1024;
  private static final int STEP_BYTES_MAX = 1 << 20;

  /** Of one message: taking them in takes some milliseconds. Published clients send 32,768. */
  private static final int MESSAGE_PAIRS_MAX = 1 << 16;

  private static final int ID_BYTES_MAX = 64;

  /** Room for two of the longest keys. */
  private static final int META_BYTES_MAX = 256 << 10;

  private final Uploads uploads;
  private final long bytesMax;
  private final Unary<RawWriteResponse> call;

  private final CallTraffic traffic = CallTraffic.current();
  private final Charge charge = traffic.open();
  private final List<Upload.Step> steps = new ArrayList<>();
  private @Nullable SSTMeta meta;
  private long bytes;
  private long pairs;
  private boolean over;

  RawUploadStream(Uploads uploads, long bytesMax, Unary<RawWriteResponse> call) {
    this.uploads = uploads;
    this.bytesMax = bytesMax;
    this.call = call;
  }

  @Override
  public void onNext(RawWriteRequest message) {
    if (over) {
      return;
    }
    switch (message.getChunkCase()) {
      case META -> begin(message.getMeta());
      case BATCH -> take(message.getBatch());
      case CHUNK_NOT_SET -> invalid("a message of the upload has neither meta nor batch");
    }
  }

  private void begin(SSTMeta told) {
    if (told.getUuid().size() > ID_BYTES_MAX || told.getSerializedSize() > META_BYTES_MAX) {
      invalid(
          "an upload's id has at most %d bytes and its meta %d"
              .formatted(ID_BYTES_MAX, META_BYTES_MAX));
    } else {
      meta = told;
    }
  }

  private void take(RawWriteBatch batch) {
    if (meta == null) {
      invalid("the upload does not begin with its meta");
      return;
    }
    if (batch.getPairsCount() > MESSAGE_PAIRS_MAX) {
      refuse(
          "%d pairs in one message, at most %d: send several"
              .formatted(batch.getPairsCount(), MESSAGE_PAIRS_MAX));
      return;
    }
    List<RawPair> puts = new ArrayList<>();
    List<Bytes> deletes = new ArrayList<>();
    long stepBytes = 0;
    for (Pair pair : batch.getPairsList()) {
      long pairBytes = (long) pair.getKey().size() + pair.getValue().size();
      boolean full = puts.size() + deletes.size() == STEP_PAIRS_MAX;
      if (full || stepBytes + pairBytes > STEP_BYTES_MAX) {
        endStep(puts, deletes, batch.getTtl());
        stepBytes = 0;
      }
      stepBytes += pairBytes;
      bytes += pairBytes;
      pairs++;
      Bytes key = ProtoBytes.toBytes(pair.getKey());
      if (pair.getOp() == Pair.OP.Delete) {
        deletes.add(key);
      } else {
        puts.add(new RawPair(key, ProtoBytes.toBytes(pair.getValue())));
      }
    }
    endStep(puts, deletes, batch.getTtl());
    if (bytesInMemory() > bytesMax) {
      refuse("the upload takes more than " + bytesMax + " bytes of memory; send smaller ones");
    } else if (!charge.growTo(bytesInMemory())) {
      refuse("requests and answers fill the memory that this node keeps for them; try again");
    } else {
      traffic.unfinishedAsOfNow(bytesInMemory());
    }
  }

  private long bytesInMemory() {
    return bytes + pairs * Upload.PAIR_BYTES + Upload.UPLOAD_BYTES;
  }

  private void refuse(String text) {
    end();
    call.answer(
        RawWriteResponse.newBuilder().setError(Error.newBuilder().setMessage(text)).build());
  }

  private void end() {
    over = true;
    steps.clear();
    charge.close();
  }

  /** An upload names each key once, so puts and deletes of one step do not meet. */
  private void endStep(List<RawPair> puts, List<Bytes> deletes, long ttlSeconds) {
    if (!puts.isEmpty()) {
      steps.add(new Upload.Step.Put(List.copyOf(puts), ttlSeconds));
      puts.clear();
    }
    if (!deletes.isEmpty()) {
      steps.add(new Upload.Step.Delete(List.copyOf(deletes)));
      deletes.clear();
    }
  }

  private void invalid(String text) {
    end();
    call.fail(Status.INVALID_ARGUMENT.withDescription(text));
  }

  @Override
  public void onCompleted() {
    if (over) {
      return;
    }
    SSTMeta uploaded = meta;
    if (uploaded == null) {
      invalid("the upload ends without its meta");
      return;
    }
    uploads.put(ProtoBytes.toBytes(uploaded.getUuid()), new Upload(steps, bytesInMemory()));
    end(); // those that wait have a bound of their own
    call.answer(
        RawWriteResponse.newBuilder()
            .addMetas(uploaded.toBuilder().setTotalKvs(pairs).setTotalBytes(bytes))
            .build());
  }

  @Override
  public void onError(Throwable broken) {
    end();
  }
}
