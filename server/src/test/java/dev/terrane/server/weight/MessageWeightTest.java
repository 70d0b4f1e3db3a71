package dev.terrane.server.weight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.sun.management.ThreadMXBean;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.RegionEpoch;
import dev.terrane.proto.pdpb.LoadGlobalConfigRequest;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageWeightTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Field {@code number}, of {@code wire} type and with {@code content}, so many times. */
  private static byte[] repeated(int times, int number, int wire, byte... content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = 0; i < times; i++) {
        out.writeTag(number, wire);
        out.writeRawBytes(content);
      }
      out.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /** Field numbers that no release knows, each once. */
  private static byte[] unknownFields(int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = 0; i < count; i++) {
        out.writeUInt64(10_000 + i, 1);
      }
      out.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  static Stream<Arguments> hostileMessages() {
    return Stream.of(
        Arguments.of(
            "pairs of nothing",
            RawBatchPutRequest.getDefaultInstance(),
            repeated(100_000, RawBatchPutRequest.PAIRS_FIELD_NUMBER, 2, (byte) 0)),
        Arguments.of(
            "commands of nothing",
            BatchCommandsRequest.getDefaultInstance(),
            repeated(100_000, BatchCommandsRequest.REQUESTS_FIELD_NUMBER, 2, (byte) 0)),
        Arguments.of(
            "ids, packed",
            BatchCommandsRequest.getDefaultInstance(),
            BatchCommandsRequest.newBuilder()
                .addAllRequestIds(java.util.Collections.nCopies(100_000, 1L))
                .build()
                .toByteArray()),
        Arguments.of(
            "ids, one by one",
            BatchCommandsRequest.getDefaultInstance(),
            repeated(100_000, BatchCommandsRequest.REQUEST_IDS_FIELD_NUMBER, 0, (byte) 1)),
        Arguments.of(
            "names of nothing",
            LoadGlobalConfigRequest.getDefaultInstance(),
            repeated(100_000, LoadGlobalConfigRequest.NAMES_FIELD_NUMBER, 2, (byte) 0)),
        Arguments.of(
            "keys of a byte",
            QueryRegionRequest.getDefaultInstance(),
            repeated(100_000, QueryRegionRequest.KEYS_FIELD_NUMBER, 2, (byte) 1, (byte) 'k')),
        Arguments.of(
            "envelopes of nothing",
            RaftBatch.getDefaultInstance(),
            repeated(100_000, RaftBatch.ENVELOPES_FIELD_NUMBER, 2, (byte) 0)),
        Arguments.of(
            "fields that nobody knows", Context.getDefaultInstance(), unknownFields(20_000)),
        Arguments.of(
            "one field that nobody knows, again and again",
            Context.getDefaultInstance(),
            repeated(100_000, 10_000, 0, (byte) 1)),
        Arguments.of("groups in groups", Context.getDefaultInstance(), repeated(90, 10_000, 3)));
  }

  /**
   * What is allocated is up to five times what stays: lists grow, and each message has a builder.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileMessages")
  void decodingTakesNoMoreThanItWasWeighed(String what, Message type, byte[] bytes) {
    decode(type, bytes); // classes are loaded
    long before = THREADS.getCurrentThreadAllocatedBytes();
    decode(type, bytes);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

    long weight = weight(type, bytes);

    assertThat(5 * weight)
        .as("weighed, for %d bytes on the wire", bytes.length)
        .isGreaterThan(allocated - 10_000);
  }

  private static void decode(Message type, byte[] bytes) {
    try {
      type.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      assertThat(e).isNotNull(); // it may be none; it must not take more for that
    }
  }

  private static long weight(Message type, byte[] bytes) {
    return MessageWeight.of(type.getDescriptorForType()).of(bytes, bytes.length, Long.MAX_VALUE);
  }

  private static Context context() {
    return Context.newBuilder()
        .setRegionId(7)
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(5).setVersion(9))
        .setPeer(Peer.newBuilder().setId(11).setStoreId(3))
        .build();
  }

  @Test
  void whatClientsSendWeighsLittleMoreThanItsBytes() {
    RawBatchPutRequest.Builder batch = RawBatchPutRequest.newBuilder().setContext(context());
    for (int i = 0; i < 1024; i++) {
      batch.addPairs(
          KvPair.newBuilder()
              .setKey(ByteString.copyFromUtf8("key-%06d".formatted(i)))
              .setValue(ByteString.copyFrom(new byte[1000])));
    }
    byte[] bytes = batch.build().toByteArray();
    assertThat(weight(batch.getDefaultInstanceForType(), bytes))
        .isBetween((long) bytes.length, bytes.length * 5L / 4);

    Request put =
        Request.newBuilder()
            .setRawPut(
                RawPutRequest.newBuilder()
                    .setContext(context())
                    .setKey(ByteString.copyFromUtf8("key-000001"))
                    .setValue(ByteString.copyFrom(new byte[100])))
            .build();
    BatchCommandsRequest.Builder commands = BatchCommandsRequest.newBuilder();
    for (int i = 0; i < 128; i++) {
      commands.addRequests(put).addRequestIds(i);
    }
    assertThat(weight(commands.build(), commands.build().toByteArray()) / 128).isLessThan(1200);
  }

  @Test
  void bytesThatAreNoMessageWeighSomethingAndEnd() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      assertThat(weight(BatchCommandsRequest.getDefaultInstance(), bytes)).isBetween(1L, 50_000L);
    }
  }

  @Test
  void whatIsTooMuchIsNotCountedToItsEnd() {
    byte[] bytes = repeated(1 << 20, RawBatchPutRequest.PAIRS_FIELD_NUMBER, 2, (byte) 0);
    MessageWeight weight = MessageWeight.of(RawBatchPutRequest.getDescriptor());
    assertThat(weight.of(bytes, bytes.length, 1000)).isBetween(1001L, 1200L);
  }
}
