package dev.terrane.server.tikv;

import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.RawCASRequest;
import dev.terrane.proto.kvrpcpb.RawCASResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import dev.terrane.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import dev.terrane.txn.Delays;
import dev.terrane.txn.raw.CompareAndSwapAnswer;
import dev.terrane.txn.raw.Done;
import dev.terrane.txn.raw.RawCommands;
import dev.terrane.txn.raw.RawContext;
import dev.terrane.txn.raw.RawPair;
import java.util.ArrayList;
import java.util.List;

/**
 * Raw writes, from and to the wire. The deprecated {@code ttl} of a batch is ignored, as TiKV does.
 */
final class RawWrites {
  private final RequestContexts contexts;
  private final RawCommands commands;

  RawWrites(RequestContexts contexts, RawCommands commands) {
    this.contexts = contexts;
    this.commands = commands;
  }

  void put(RawPutRequest request, Reply<RawPutResponse> reply) {
    EncodedReply<Done, RawPutResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> RawPutResponse.getDefaultInstance(),
            error -> RawPutResponse.newBuilder().setRegionError(error).build(),
            message -> RawPutResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      RawPair pair =
          new RawPair(ProtoBytes.toBytes(request.getKey()), ProtoBytes.toBytes(request.getValue()));
      commands.put(
          RequestContexts.raw(request.getContext(), request.getCf()),
          pair,
          request.getTtl(),
          encoded);
    }
  }

  void batchPut(RawBatchPutRequest request, Reply<RawBatchPutResponse> reply) {
    EncodedReply<Done, RawBatchPutResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> RawBatchPutResponse.getDefaultInstance(),
            error -> RawBatchPutResponse.newBuilder().setRegionError(error).build(),
            message -> RawBatchPutResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))
        && !encoded.rejectedFor(commands.refusesItems(request.getPairsCount()))) {
      List<RawPair> pairs = new ArrayList<>(request.getPairsCount());
      for (KvPair pair : request.getPairsList()) {
        pairs.add(
            new RawPair(ProtoBytes.toBytes(pair.getKey()), ProtoBytes.toBytes(pair.getValue())));
      }
      commands.batchPut(
          RequestContexts.raw(request.getContext(), request.getCf()),
          pairs,
          request.getTtlsList(),
          encoded);
    }
  }

  void delete(RawDeleteRequest request, Reply<RawDeleteResponse> reply) {
    EncodedReply<Done, RawDeleteResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> RawDeleteResponse.getDefaultInstance(),
            error -> RawDeleteResponse.newBuilder().setRegionError(error).build(),
            message -> RawDeleteResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      commands.delete(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getKey()),
          encoded);
    }
  }

  void batchDelete(RawBatchDeleteRequest request, Reply<RawBatchDeleteResponse> reply) {
    EncodedReply<Done, RawBatchDeleteResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> RawBatchDeleteResponse.getDefaultInstance(),
            error -> RawBatchDeleteResponse.newBuilder().setRegionError(error).build(),
            message -> RawBatchDeleteResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))
        && !encoded.rejectedFor(commands.refusesItems(request.getKeysCount()))) {
      commands.batchDelete(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getKeysList()),
          encoded);
    }
  }

  void deleteRange(RawDeleteRangeRequest request, Reply<RawDeleteRangeResponse> reply) {
    EncodedReply<Done, RawDeleteRangeResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> RawDeleteRangeResponse.getDefaultInstance(),
            error -> RawDeleteRangeResponse.newBuilder().setRegionError(error).build(),
            message -> RawDeleteRangeResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      commands.deleteRange(
          RequestContexts.raw(request.getContext(), request.getCf()),
          ProtoBytes.toBytes(request.getStartKey()),
          ProtoBytes.toBytes(request.getEndKey()),
          encoded);
    }
  }

  void compareAndSwap(RawCASRequest request, Reply<RawCASResponse> reply) {
    EncodedReply<CompareAndSwapAnswer, RawCASResponse> encoded =
        new EncodedReply<>(
            reply,
            RawWrites::swapped,
            error -> RawCASResponse.newBuilder().setRegionError(error).build(),
            message -> RawCASResponse.newBuilder().setError(message).build());
    if (encoded.refusedFor(contexts.refusal(request.getContext()))) {
      return;
    }
    RawContext context = RequestContexts.raw(request.getContext(), request.getCf());
    Bytes key = ProtoBytes.toBytes(request.getKey());
    Bytes expected =
        request.getPreviousNotExist() ? null : ProtoBytes.toBytes(request.getPreviousValue());
    if (request.getDelete()) {
      commands.compareAndDelete(context, key, expected, encoded);
    } else {
      RawPair pair = new RawPair(key, ProtoBytes.toBytes(request.getValue()));
      commands.compareAndSwap(context, pair, expected, request.getTtl(), encoded);
    }
  }

  /** Not a Region's request: clients read no other error of it than the text. */
  void destroyRange(
      UnsafeDestroyRangeRequest request, Delays delays, Reply<UnsafeDestroyRangeResponse> reply) {
    EncodedReply<Done, UnsafeDestroyRangeResponse> encoded =
        new EncodedReply<>(
            reply,
            done -> UnsafeDestroyRangeResponse.getDefaultInstance(),
            error -> UnsafeDestroyRangeResponse.newBuilder().setError(error.getMessage()).build(),
            message -> UnsafeDestroyRangeResponse.newBuilder().setError(message).build());
    if (!encoded.refusedFor(contexts.refusal(request.getContext()))) {
      commands.destroyRange(
          ProtoBytes.toBytes(request.getStartKey()),
          ProtoBytes.toBytes(request.getEndKey()),
          delays,
          encoded);
    }
  }

  private static RawCASResponse swapped(CompareAndSwapAnswer swap) {
    RawCASResponse.Builder response = RawCASResponse.newBuilder().setSucceed(swap.succeeded());
    Bytes previous = swap.previous();
    if (previous == null) {
      response.setPreviousNotExist(true);
    } else {
      response.setPreviousValue(ProtoBytes.toByteString(previous));
    }
    return response.build();
  }
}
