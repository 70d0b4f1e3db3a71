package dev.terrane.client.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.KeyError;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawBatchDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawBatchGetRequest;
import dev.terrane.proto.kvrpcpb.RawBatchGetResponse;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawBatchPutResponse;
import dev.terrane.proto.kvrpcpb.RawCASRequest;
import dev.terrane.proto.kvrpcpb.RawCASResponse;
import dev.terrane.proto.kvrpcpb.RawChecksumRequest;
import dev.terrane.proto.kvrpcpb.RawChecksumResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteRangeResponse;
import dev.terrane.proto.kvrpcpb.RawDeleteRequest;
import dev.terrane.proto.kvrpcpb.RawDeleteResponse;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.terrane.proto.kvrpcpb.RawGetRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.kvrpcpb.RawPutRequest;
import dev.terrane.proto.kvrpcpb.RawPutResponse;
import dev.terrane.proto.kvrpcpb.RawScanRequest;
import dev.terrane.proto.kvrpcpb.RawScanResponse;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/** The raw commands of a {@link FakeCluster}'s stores, on its one data set; TTLs are refused. */
final class FakeRaw {
  private final FakeCluster cluster;

  FakeRaw(FakeCluster cluster) {
    this.cluster = cluster;
  }

  private static Bytes bytes(ByteString string) {
    return ProtoBytes.toBytes(string);
  }

  Response batched(long storeId, Request request) {
    return switch (request.getCmdCase()) {
      case RAW_GET -> Response.newBuilder().setRawGet(get(storeId, request.getRawGet())).build();
      case RAW_PUT -> Response.newBuilder().setRawPut(put(storeId, request.getRawPut())).build();
      case RAW_DELETE ->
          Response.newBuilder().setRawDelete(delete(storeId, request.getRawDelete())).build();
      case RAW_BATCH_GET ->
          Response.newBuilder().setRawBatchGet(batchGet(storeId, request.getRawBatchGet())).build();
      case RAW_BATCH_PUT ->
          Response.newBuilder().setRawBatchPut(batchPut(storeId, request.getRawBatchPut())).build();
      case RAW_BATCH_DELETE ->
          Response.newBuilder()
              .setRawBatchDelete(batchDelete(storeId, request.getRawBatchDelete()))
              .build();
      case RAW_SCAN ->
          Response.newBuilder().setRawScan(scan(storeId, request.getRawScan())).build();
      case RAW_DELETE_RANGE ->
          Response.newBuilder()
              .setRawDeleteRange(deleteRange(storeId, request.getRawDeleteRange()))
              .build();
      default -> throw new AssertionError("unexpected " + request.getCmdCase());
    };
  }

  Message unary(long storeId, Message request) {
    if (request instanceof RawCASRequest swap) {
      return compareAndSwap(storeId, swap);
    } else if (request instanceof RawGetKeyTTLRequest ttl) {
      return ttl(storeId, ttl);
    } else if (request instanceof RawChecksumRequest checksum) {
      return checksum(storeId, checksum);
    }
    throw new AssertionError("unexpected " + request.getClass());
  }

  private RawGetResponse get(long storeId, RawGetRequest request) {
    Error error = cluster.check(storeId, request.getContext(), bytes(request.getKey()));
    if (error != null) {
      return RawGetResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    Bytes value = cluster.data.get(bytes(request.getKey()));
    return value == null
        ? RawGetResponse.newBuilder().setNotFound(true).build()
        : RawGetResponse.newBuilder().setValue(ProtoBytes.toByteString(value)).build();
  }

  private RawPutResponse put(long storeId, RawPutRequest request) {
    Error error = cluster.check(storeId, request.getContext(), bytes(request.getKey()));
    if (error != null) {
      return RawPutResponse.newBuilder().setRegionError(error).build();
    }
    if (request.getTtl() != 0) {
      return RawPutResponse.newBuilder().setError("ttl is not enabled").build();
    }
    cluster.countServed();
    cluster.data.put(bytes(request.getKey()), bytes(request.getValue()));
    return RawPutResponse.getDefaultInstance();
  }

  private RawDeleteResponse delete(long storeId, RawDeleteRequest request) {
    Error error = cluster.check(storeId, request.getContext(), bytes(request.getKey()));
    if (error != null) {
      return RawDeleteResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    cluster.data.remove(bytes(request.getKey()));
    return RawDeleteResponse.getDefaultInstance();
  }

  private RawBatchGetResponse batchGet(long storeId, RawBatchGetRequest request) {
    RawBatchGetResponse.Builder answer = RawBatchGetResponse.newBuilder();
    for (ByteString key : request.getKeysList()) {
      Error error = cluster.check(storeId, request.getContext(), bytes(key));
      if (error != null) {
        return RawBatchGetResponse.newBuilder().setRegionError(error).build();
      }
      Bytes value = cluster.data.get(bytes(key));
      if (value != null) {
        answer.addPairs(KvPair.newBuilder().setKey(key).setValue(ProtoBytes.toByteString(value)));
      }
    }
    cluster.countServed();
    return answer.build();
  }

  private RawBatchPutResponse batchPut(long storeId, RawBatchPutRequest request) {
    for (KvPair pair : request.getPairsList()) {
      Error error = cluster.check(storeId, request.getContext(), bytes(pair.getKey()));
      if (error != null) {
        return RawBatchPutResponse.newBuilder().setRegionError(error).build();
      }
    }
    cluster.countServed();
    for (KvPair pair : request.getPairsList()) {
      cluster.data.put(bytes(pair.getKey()), bytes(pair.getValue()));
    }
    return RawBatchPutResponse.getDefaultInstance();
  }

  private RawBatchDeleteResponse batchDelete(long storeId, RawBatchDeleteRequest request) {
    for (ByteString key : request.getKeysList()) {
      Error error = cluster.check(storeId, request.getContext(), bytes(key));
      if (error != null) {
        return RawBatchDeleteResponse.newBuilder().setRegionError(error).build();
      }
    }
    cluster.countServed();
    request.getKeysList().forEach(key -> cluster.data.remove(bytes(key)));
    return RawBatchDeleteResponse.getDefaultInstance();
  }

  private RawScanResponse scan(long storeId, RawScanRequest request) {
    Bytes from = bytes(request.getStartKey());
    Bytes to = bytes(request.getEndKey());
    Bytes inside = request.getReverse() ? to : from;
    Error error = cluster.check(storeId, request.getContext(), inside);
    if (error != null) {
      return RawScanResponse.newBuilder().setRegionError(error).build();
    }
    if (cluster.refusesPage(request.getLimit())) {
      KeyError tooLarge = KeyError.newBuilder().setAbort("answer is too large").build();
      return RawScanResponse.newBuilder().addKvs(KvPair.newBuilder().setError(tooLarge)).build();
    }
    cluster.countServed();
    KeyRange range = request.getReverse() ? new KeyRange(to, from) : new KeyRange(from, to);
    range = range.intersect(cluster.at(inside).region.range());
    NavigableMap<Bytes, Bytes> data =
        request.getReverse() ? cluster.data.descendingMap() : cluster.data;
    RawScanResponse.Builder answer = RawScanResponse.newBuilder();
    for (Map.Entry<Bytes, Bytes> entry : data.entrySet()) {
      if (range.contains(entry.getKey()) && answer.getKvsCount() < request.getLimit()) {
        answer.addKvs(
            KvPair.newBuilder()
                .setKey(ProtoBytes.toByteString(entry.getKey()))
                .setValue(
                    request.getKeyOnly()
                        ? ByteString.EMPTY
                        : ProtoBytes.toByteString(entry.getValue())));
      }
    }
    return answer.build();
  }

  private RawDeleteRangeResponse deleteRange(long storeId, RawDeleteRangeRequest request) {
    KeyRange range = new KeyRange(bytes(request.getStartKey()), bytes(request.getEndKey()));
    Error error = cluster.check(storeId, request.getContext(), range.start());
    if (error != null) {
      return RawDeleteRangeResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    KeyRange clamped = range.intersect(cluster.at(range.start()).region.range());
    cluster.data.keySet().removeIf(clamped::contains);
    return RawDeleteRangeResponse.getDefaultInstance();
  }

  private RawCASResponse compareAndSwap(long storeId, RawCASRequest request) {
    Bytes key = bytes(request.getKey());
    Error error = cluster.check(storeId, request.getContext(), key);
    if (error != null) {
      return RawCASResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    Bytes previous = cluster.data.get(key);
    boolean holds =
        request.getPreviousNotExist()
            ? previous == null
            : previous != null && previous.equals(bytes(request.getPreviousValue()));
    if (holds && request.getDelete()) {
      cluster.data.remove(key);
    } else if (holds) {
      cluster.data.put(key, bytes(request.getValue()));
    }
    RawCASResponse.Builder answer = RawCASResponse.newBuilder().setSucceed(holds);
    return previous == null
        ? answer.setPreviousNotExist(true).build()
        : answer.setPreviousValue(ProtoBytes.toByteString(previous)).build();
  }

  private RawGetKeyTTLResponse ttl(long storeId, RawGetKeyTTLRequest request) {
    Error error = cluster.check(storeId, request.getContext(), bytes(request.getKey()));
    if (error != null) {
      return RawGetKeyTTLResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    boolean present = cluster.data.containsKey(bytes(request.getKey()));
    return RawGetKeyTTLResponse.newBuilder().setNotFound(!present).build();
  }

  /** The sums count, the digest is the number of keys. */
  private RawChecksumResponse checksum(long storeId, RawChecksumRequest request) {
    List<KeyRange> ranges =
        request.getRangesList().stream()
            .map(each -> new KeyRange(bytes(each.getStartKey()), bytes(each.getEndKey())))
            .toList();
    Error error = cluster.check(storeId, request.getContext(), ranges.get(0).start());
    if (error != null) {
      return RawChecksumResponse.newBuilder().setRegionError(error).build();
    }
    cluster.countServed();
    long keys = 0;
    long bytes = 0;
    for (Map.Entry<Bytes, Bytes> entry : cluster.data.entrySet()) {
      if (ranges.get(0).contains(entry.getKey())) {
        keys++;
        bytes += entry.getKey().length() + entry.getValue().length();
      }
    }
    return RawChecksumResponse.newBuilder()
        .setChecksum(keys)
        .setTotalKvs(keys)
        .setTotalBytes(bytes)
        .build();
  }
}
