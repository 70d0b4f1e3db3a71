package dev.terrane.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import dev.terrane.proto.etcdserverpb.ClusterGrpc;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.proto.kvrpcpb.PrewriteRequest;
import dev.terrane.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import dev.terrane.proto.kvrpcpb.RawBatchPutRequest;
import dev.terrane.proto.kvrpcpb.RawGetResponse;
import dev.terrane.proto.pdpb.GetClusterInfoResponse;
import dev.terrane.proto.pdpb.GetOperatorResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.ServiceMode;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.TikvGrpc;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The traps of the wire, as bytes: tag and type, then length, then content. */
final class WireTest {
  private static String hex(MessageLite message) {
    return HexFormat.of().formatHex(message.toByteArray());
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void methodsAreNamedAsOnTheWire() {
    assertThat(TikvGrpc.getKVPessimisticRollbackMethod().getFullMethodName())
        .isEqualTo("tikvpb.Tikv/KVPessimisticRollback");
    assertThat(TikvGrpc.getRawGetKeyTTLMethod().getFullMethodName())
        .isEqualTo("tikvpb.Tikv/RawGetKeyTTL");
    assertThat(TikvGrpc.getRawCompareAndSwapMethod().getFullMethodName())
        .isEqualTo("tikvpb.Tikv/RawCompareAndSwap");
    assertThat(PDGrpc.getGetRegionByIDMethod().getFullMethodName())
        .isEqualTo("pdpb.PD/GetRegionByID");
    assertThat(ClusterGrpc.getMemberListMethod().getFullMethodName())
        .isEqualTo("etcdserverpb.Cluster/MemberList");
  }

  @Test
  void anEmptyValueIsToldFromAnAbsentKey() {
    assertThat(hex(RawGetResponse.getDefaultInstance())).isEmpty();
    assertThat(hex(RawGetResponse.newBuilder().setNotFound(true).build())).isEqualTo("2001");
  }

  @Test
  void repeatedNumbersArePackedAndReadEitherWay() throws InvalidProtocolBufferException {
    assertThat(hex(RawBatchPutRequest.newBuilder().addTtls(5).addTtls(0).build()))
        .isEqualTo("32020500");
    assertThat(RawBatchPutRequest.parseFrom(bytes("3005 3000")).getTtlsList())
        .containsExactly(5L, 0L);

    assertThat(hex(Context.newBuilder().addResolvedLocks(7).addCommittedLocks(9).build()))
        .isEqualTo("6a0107b2010109");
    assertThat(
            hex(
                PrewriteRequest.newBuilder()
                    .addPessimisticActions(PessimisticAction.SKIP_PESSIMISTIC_CHECK)
                    .addPessimisticActions(PessimisticAction.DO_CONSTRAINT_CHECK)
                    .build()))
        .isEqualTo("3a020002");
    assertThat(
            hex(
                GetClusterInfoResponse.newBuilder()
                    .addServiceModes(ServiceMode.PD_SVC_MODE)
                    .build()))
        .isEqualTo("120101");
  }

  @Test
  void aKeyThatWasNotFoundKeepsItsPlaceInQueryRegion() {
    assertThat(hex(QueryRegionResponse.newBuilder().addKeyIdMap(0).addKeyIdMap(4).build()))
        .isEqualTo("12020004");
  }

  @Test
  void batchCommandsCarryTheirTagInBothDirections() {
    BatchCommandsRequest.Builder request = BatchCommandsRequest.newBuilder().addRequestIds(1);
    request.addRequestsBuilder().getRawPutBuilder().setKey(ByteString.copyFromUtf8("k"));
    BatchCommandsResponse.Builder response = BatchCommandsResponse.newBuilder().addRequestIds(1);
    response.addResponsesBuilder().getEmptyBuilder().setTestId(3);

    assertThat(hex(request.build())).isEqualTo("0a057a0312016b120101");
    assertThat(hex(response.build())).isEqualTo("0a05fa0f020803120101");
    assertTags(
        BatchCommandsRequest.Request.getDefaultInstance(),
        BatchCommandsResponse.Response.getDefaultInstance());
  }

  private static void assertTags(Message request, Message response) {
    for (Message side : new Message[] {request, response}) {
      var type = side.getDescriptorForType();
      assertThat(type.findFieldByName("raw_get").getNumber()).isEqualTo(13);
      assertThat(type.findFieldByName("raw_delete_range").getNumber()).isEqualTo(20);
      assertThat(type.findFieldByName("check_secondary_locks").getNumber()).isEqualTo(33);
      assertThat(type.findFieldByName("broadcast_txn_status").getNumber()).isEqualTo(40);
      assertThat(type.getFields()).hasSize(35);
    }
  }

  @Test
  void textOfAnOperatorMayBeAnyBytes() throws InvalidProtocolBufferException {
    assertThat(GetOperatorResponse.parseFrom(bytes("1a01ff")).getDesc())
        .isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xff}));
  }

  @Test
  void fieldsThatWeDoNotReadAreIgnored() throws InvalidProtocolBufferException {
    // Context 23, trace_context, as client-java sends it, then region_id.
    assertThat(Context.parseFrom(bytes("ba0102 0801 0805")).getRegionId()).isEqualTo(5);
  }
}
