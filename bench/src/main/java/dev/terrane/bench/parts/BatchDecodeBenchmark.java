package dev.terrane.bench.parts;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Puts from the bytes of a message of the batch stream. A score is a message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchDecodeBenchmark {
  @Param({"1", "16", "128"})
  private int putsPerMessage;

  private byte[] message = {};

  @Setup
  public void setUp() {
    Bytes[] keys = Puts.keys(putsPerMessage);
    Bytes[] values = Puts.values(putsPerMessage);
    BatchCommandsRequest.Builder batch = BatchCommandsRequest.newBuilder();
    for (int i = 0; i < putsPerMessage; i++) {
      RawPutRequest.Builder put =
          RawPutRequest.newBuilder()
              .setKey(ProtoBytes.toByteString(keys[i]))
              .setValue(ProtoBytes.toByteString(values[i]));
      put.getContextBuilder().setRegionId(2).getRegionEpochBuilder().setConfVer(5).setVersion(1);
      put.getContextBuilder().getPeerBuilder().setId(3).setStoreId(1);
      batch.addRequests(BatchCommandsRequest.Request.newBuilder().setRawPut(put));
      batch.addRequestIds(1_000_000 + i);
    }
    message = batch.build().toByteArray();
  }

  @Benchmark
  public void decode(Blackhole hole) throws InvalidProtocolBufferException {
    BatchCommandsRequest batch = BatchCommandsRequest.parseFrom(message);
    for (BatchCommandsRequest.Request request : batch.getRequestsList()) {
      RawPutRequest put = request.getRawPut();
      hole.consume(put.getContext().getRegionId());
      hole.consume(ProtoBytes.toBytes(put.getKey()));
      hole.consume(ProtoBytes.toBytes(put.getValue()));
    }
  }
}
