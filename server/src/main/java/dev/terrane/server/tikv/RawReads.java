package dev.terrane.server.tikv;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KeyError;
import dev.terrane.proto.kvrpcpb.KeyRange;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchGetResponse;
import dev.terrane.proto.kvrpcpb.RawBatchScanRequest;
import dev.terrane.proto.kvrpcpb.RawBatchScanResponse;
import dev.terrane.proto.kvrpcpb.RawChecksumRequest;
import dev.terrane.proto.kvrpcpb.RawChecksumResponse;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.txn.raw.ChecksumAnswer;
import dev.terrane.txn.raw.RawCommands;
import dev.terrane.txn.raw.ScanRange;
import dev.terrane.txn.raw.TimeToLive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raw reads, from and to the wire. Where a response has no field for an error that is not of a
 * Region, the error is a single pair's.
 */
final class RawReads {
  private final RequestContexts contexts;
  private final RawCommands commands;

  RawReads(RequestContexts contexts, RawCommands commands) {
    this.contexts = contexts;
    this.commands = commands;
  }

  void get(RawGetRequest request, Reply<RawGetResponse> reply) {
    EncodedReply<@Nullable Bytes, RawGetResponse> encoded =
        new EncodedReply<>(
            reply,
            RawReads::found,
            error -> RawGetResponse.newBuilder().setRegionError(error).build(),
            message -> RawGetResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      commands.get(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getKey()),
          encoded);
    }
  }

  private static RawGetResponse found(@Nullable Bytes value) {
    return value == null
        ? RawGetResponse.newBuilder().setNotFound(true).build()
        : RawGetResponse.newBuilder().setValue(ProtoBytes.toByteString(value)).build();
  }

  void timeToLive(RawGetKeyTTLRequest request, Reply<RawGetKeyTTLResponse> reply) {
    EncodedReply<@Nullable TimeToLive, RawGetKeyTTLResponse> encoded =
        new EncodedReply<>(
            reply,
            left ->
                left == null
                    ? RawGetKeyTTLResponse.newBuilder().setNotFound(true).build()
                    : RawGetKeyTTLResponse.newBuilder().setTtl(left.seconds()).build(),
            error -> RawGetKeyTTLResponse.newBuilder().setRegionError(error).build(),
            message -> RawGetKeyTTLResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      commands.timeToLive(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getKey()),
          encoded);
    }
  }

  void batchGet(RawBatchGetRequest request, Reply<RawBatchGetResponse> reply) {
    EncodedReply<List<KvPair>, RawBatchGetResponse> encoded =
        new EncodedReply<>(
            reply,
            pairs -> RawBatchGetResponse.newBuilder().addAllPairs(pairs).build(),
            error -> RawBatchGetResponse.newBuilder().setRegionError(error).build(),
            message -> RawBatchGetResponse.newBuilder().addPairs(aborted(message)).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))
        && !encoded.rejectedFor(commands.refusesItems(request.getKeysCount()))) {
      commands.batchGet(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getKeysList()),
          new PairsAnswer<>(reply, encoded, RawBatchGetResponse.PAIRS_FIELD_NUMBER));
    }
  }

  void scan(RawScanRequest request, Reply<RawScanResponse> reply) {
    EncodedReply<List<KvPair>, RawScanResponse> encoded =
        new EncodedReply<>(
            reply,
            pairs -> RawScanResponse.newBuilder().addAllKvs(pairs).build(),
            error -> RawScanResponse.newBuilder().setRegionError(error).build(),
            message -> RawScanResponse.newBuilder().addKvs(aborted(message)).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      ScanRange range =
          new ScanRange(
              ProtoBytes.toBytes(request.getStartKey()), ProtoBytes.toBytes(request.getEndKey()));
      commands.scan(
          RequestContexts.raw(request.getContext(), request.getCf()),
          range,
          Integer.toUnsignedLong(request.getLimit()),
          request.getKeyOnly(),
          request.getReverse(),
          new PairsAnswer<>(reply, encoded, RawScanResponse.KVS_FIELD_NUMBER));
    }
  }

  void batchScan(RawBatchScanRequest request, Reply<RawBatchScanResponse> reply) {
    EncodedReply<List<KvPair>, RawBatchScanResponse> encoded =
        new EncodedReply<>(
            reply,
            pairs -> RawBatchScanResponse.newBuilder().addAllKvs(pairs).build(),
            error -> RawBatchScanResponse.newBuilder().setRegionError(error).build(),
            message -> RawBatchScanResponse.newBuilder().addKvs(aborted(message)).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))
        && !encoded.rejectedFor(commands.refusesRanges(request.getRangesCount()))) {
      commands.batchScan(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ranges(request.getRangesList()),
          Integer.toUnsignedLong(request.getEachLimit()),
          request.getKeyOnly(),
          request.getReverse(),
          new PairsAnswer<>(reply, encoded, RawBatchScanResponse.KVS_FIELD_NUMBER));
    }
  }

  void checksum(RawChecksumRequest request, Reply<RawChecksumResponse> reply) {
    EncodedReply<ChecksumAnswer, RawChecksumResponse> encoded =
        new EncodedReply<>(
            reply,
            sum ->
                RawChecksumResponse.newBuilder()
                    .setChecksum(sum.checksum())
                    .setTotalKvs(sum.pairs())
                    .setTotalBytes(sum.bytes())
                    .build(),
            error -> RawChecksumResponse.newBuilder().setRegionError(error).build(),
            message -> RawChecksumResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))
        && !encoded.rejectedFor(commands.refusesRanges(request.getRangesCount()))) {
      commands.checksum(
          RequestContexts.raw(request.getContext(), ""),
          request.getAlgorithmValue(),
          ranges(request.getRangesList()),
          encoded);
    }
  }

  private static List<ScanRange> ranges(List<KeyRange> ranges) {
    List<ScanRange> all = new ArrayList<>(ranges.size());
    for (KeyRange range : ranges) {
      all.add(
          new ScanRange(
              ProtoBytes.toBytes(range.getStartKey()), ProtoBytes.toBytes(range.getEndKey())));
    }
    return all;
  }

  private static KvPair aborted(String message) {
    return KvPair.newBuilder().setError(KeyError.newBuilder().setAbort(message)).build();
  }
}
