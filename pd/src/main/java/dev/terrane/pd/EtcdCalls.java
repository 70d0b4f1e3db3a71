package dev.terrane.pd;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.etcdserverpb.PutRequest;
import dev.terrane.proto.etcdserverpb.PutResponse;
import dev.terrane.proto.etcdserverpb.RangeRequest;
import dev.terrane.proto.etcdserverpb.RangeResponse;
import dev.terrane.proto.etcdserverpb.ResponseHeader;
import dev.terrane.proto.mvccpb.KeyValue;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.EtcdRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The little of etcd that old clients use on PD's port: they read the safe point as a record.
 * Confined to the member's thread.
 */
final class EtcdCalls {
  private static final Bytes SAVED_SAFE_POINT =
      Bytes.ofUtf8("/tidb/store/gcworker/saved_safe_point");

  private final PdMember member;

  EtcdCalls(PdMember member) {
    this.member = member;
  }

  private ResponseHeader header() {
    ClusterState state = member.stateOrThrow();
    return ResponseHeader.newBuilder()
        .setClusterId(state.clusterId())
        .setMemberId(member.raft().memberId())
        .setRevision(state.etcd().revision())
        .setRaftTerm(member.raft().term())
        .build();
  }

  void etcdRange(RangeRequest request, PdReply<RangeResponse> reply) {
    List<KeyValue> found = new ArrayList<>();
    for (KeyValue record : records()) {
      if (isAsked(record.getKey(), request)) {
        found.add(record);
      }
    }
    RangeResponse.Builder response =
        RangeResponse.newBuilder().setHeader(header()).setCount(found.size());
    long limit = request.getLimit() <= 0 ? found.size() : request.getLimit();
    response.setMore(found.size() > limit);
    if (!request.getCountOnly()) {
      for (KeyValue record : found.subList(0, (int) Math.min(limit, found.size()))) {
        response.addKvs(request.getKeysOnly() ? record.toBuilder().clearValue().build() : record);
      }
    }
    reply.answer(response.build());
  }

  /** What is written there, and the safe point as new clients have set it, whichever is later. */
  private List<KeyValue> records() {
    ClusterState state = member.stateOrThrow();
    List<KeyValue> records = new ArrayList<>();
    for (EtcdRecord record : state.etcd().all()) {
      if (!ProtoBytes.toBytes(record.getKey()).equals(SAVED_SAFE_POINT)) {
        records.add(keyValue(record));
      }
    }
    KeyValue safePoint = safePoint(state);
    if (safePoint != null) {
      records.add(safePoint);
    }
    return records;
  }

  private static @Nullable KeyValue safePoint(ClusterState state) {
    EtcdRecord written = state.etcd().get(SAVED_SAFE_POINT);
    long txnSafePoint = state.safePoints().txnSafePoint();
    if (written != null && Long.compareUnsigned(numberIn(written.getValue()), txnSafePoint) >= 0) {
      return keyValue(written);
    }
    if (txnSafePoint == 0) {
      return null;
    }
    long revision = Math.max(1, state.etcd().revision());
    return KeyValue.newBuilder()
        .setKey(ProtoBytes.toByteString(SAVED_SAFE_POINT))
        .setValue(ByteString.copyFromUtf8(Long.toUnsignedString(txnSafePoint)))
        .setCreateRevision(revision)
        .setModRevision(revision)
        .setVersion(1)
        .build();
  }

  private static long numberIn(ByteString value) {
    try {
      return Long.parseUnsignedLong(value.toStringUtf8());
    } catch (NumberFormatException e) {
      return 0; // no safe point, then
    }
  }

  private static KeyValue keyValue(EtcdRecord record) {
    return KeyValue.newBuilder()
        .setKey(record.getKey())
        .setValue(record.getValue())
        .setCreateRevision(record.getCreateRevision())
        .setModRevision(record.getModRevision())
        .setVersion(record.getVersion())
        .build();
  }

  private static boolean isAsked(ByteString key, RangeRequest request) {
    Bytes recordKey = ProtoBytes.toBytes(key);
    Bytes start = ProtoBytes.toBytes(request.getKey());
    Bytes end = ProtoBytes.toBytes(request.getRangeEnd());
    if (end.isEmpty()) {
      return recordKey.equals(start);
    }
    boolean unbounded = end.equals(Bytes.of(0));
    return recordKey.compareTo(start) >= 0 && (unbounded || recordKey.compareTo(end) < 0);
  }

  void etcdPut(PutRequest request, PdReply<PutResponse> reply) {
    if (request.getLease() != 0 || request.getIgnoreValue()) {
      reply.refuse(new PdRefusal.Unsupported("etcd leases are not offered"));
      return;
    }
    EtcdRecord before = member.stateOrThrow().etcd().get(ProtoBytes.toBytes(request.getKey()));
    Command.Builder command = Command.newBuilder();
    command.getEtcdPutBuilder().setKey(request.getKey()).setValue(request.getValue());
    // Which of both ways this ends is known when the command is applied.
    member.replicate(
        command,
        new PdReply<Outcome>() {
          @Override
          public void answer(Outcome outcome) {
            if (outcome instanceof Outcome.Refused refused) {
              reply.refuse(new PdRefusal.Invalid(refused.text()));
              return;
            }
            PutResponse.Builder response = PutResponse.newBuilder().setHeader(header());
            if (request.getPrevKv() && before != null) {
              response.setPrevKv(keyValue(before));
            }
            reply.answer(response.build());
          }

          @Override
          public void refuse(PdRefusal refusal) {
            reply.refuse(refusal);
          }
        },
        outcome -> outcome);
  }
}
