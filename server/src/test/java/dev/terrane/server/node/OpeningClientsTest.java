package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.terrane.proto.etcdserverpb.KVGrpc;
import dev.terrane.proto.etcdserverpb.PutRequest;
import dev.terrane.proto.meta_storagepb.GetRequest;
import dev.terrane.proto.meta_storagepb.GetResponse;
import dev.terrane.proto.meta_storagepb.MetaStorageGrpc;
import dev.terrane.proto.meta_storagepb.RequestHeader;
import dev.terrane.proto.meta_storagepb.WatchRequest;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetExternalTimestampRequest;
import dev.terrane.proto.pdpb.GetExternalTimestampResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMinTSRequest;
import dev.terrane.proto.pdpb.LoadGlobalConfigRequest;
import dev.terrane.proto.pdpb.LoadGlobalConfigResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.Timestamp;
import dev.terrane.proto.pdpb.WatchGlobalConfigRequest;
import dev.terrane.proto.pdpb.WatchGlobalConfigResponse;
import dev.terrane.proto.resource_manager.GetResourceGroupRequest;
import dev.terrane.proto.resource_manager.ListResourceGroupsRequest;
import dev.terrane.proto.resource_manager.PutResourceGroupRequest;
import dev.terrane.proto.resource_manager.ResourceGroup;
import dev.terrane.proto.resource_manager.ResourceManagerGrpc;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What published clients and tools ask PD when they start, beside what they are after. Where there
 * is nothing, they must hear that there is nothing: a service that is not there holds some of them
 * up for seconds.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpeningClientsTest {
  private TestNodes nodes;
  private Node node;
  private NodeClient client;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    nodes = new TestNodes(directory);
    node = nodes.start("a");
    client = new NodeClient(node);
  }

  @AfterAll
  void stop() {
    client.close();
    nodes.close();
    assertThat(nodes.failures()).isEmpty();
  }

  private MetaStorageGrpc.MetaStorageBlockingStub records() {
    return MetaStorageGrpc.newBlockingStub(client.pdChannel)
        .withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private RequestHeader meant(long clusterId) {
    return RequestHeader.newBuilder().setClusterId(clusterId).build();
  }

  @Test
  void recordsThatNobodyWroteAreNoneAndOthersAreAsEtcdHasThem() {
    ByteString controller = ByteString.copyFromUtf8("resource_group/controller");
    GetRequest get =
        GetRequest.newBuilder()
            .setHeader(meant(client.header.getClusterId()))
            .setKey(controller)
            .build();
    GetResponse none = records().get(get);
    assertThat(none.getHeader().getClusterId()).isEqualTo(client.header.getClusterId());
    assertThat(none.getHeader().hasError()).isFalse();
    assertThat(none.getKvsList()).isEmpty();

    ByteString written = ByteString.copyFromUtf8("/tidb/store/gcworker/saved_safe_point");
    KVGrpc.newBlockingStub(client.pdChannel)
        .put(
            PutRequest.newBuilder().setKey(written).setValue(ByteString.copyFromUtf8("0")).build());
    GetResponse one = records().get(get.toBuilder().setKey(written).build());
    assertThat(one.getCount()).isOne();
    assertThat(one.getKvs(0).getValue().toStringUtf8()).isEqualTo("0");
    assertThat(one.getHeader().getRevision()).isPositive();
  }

  @Test
  void recordsOfAnotherClusterAreRefusedAndWatchingInWords() {
    GetRequest stranger = GetRequest.newBuilder().setHeader(meant(1)).build();
    assertThatThrownBy(() -> records().get(stranger))
        .hasMessageContaining("FAILED_PRECONDITION: mismatch cluster id, need");
    assertThatThrownBy(() -> records().watch(WatchRequest.getDefaultInstance()).hasNext())
        .hasMessageContaining("UNIMPLEMENTED: watching records is not offered");
  }

  @Test
  void thereIsOneResourceGroupWithoutALimit() {
    var groups =
        ResourceManagerGrpc.newBlockingStub(client.pdChannel)
            .withDeadlineAfter(30, TimeUnit.SECONDS);
    ResourceGroup only =
        groups.listResourceGroups(ListResourceGroupsRequest.getDefaultInstance()).getGroups(0);
    assertThat(only.getName()).isEqualTo("default");
    assertThat(only.getRUSettings().getRU().getSettings().getBurstLimit()).isEqualTo(-1);
    assertThat(
            groups
                .getResourceGroup(
                    GetResourceGroupRequest.newBuilder().setResourceGroupName("default").build())
                .getGroup())
        .isEqualTo(only);
    assertThat(
            groups
                .getResourceGroup(
                    GetResourceGroupRequest.newBuilder().setResourceGroupName("batch").build())
                .getError()
                .getMessage())
        .isEqualTo("resource group \"batch\" not found");
    assertThat(groups.addResourceGroup(PutResourceGroupRequest.getDefaultInstance()).hasError())
        .isTrue();
  }

  @Test
  void noGlobalConfigurationIsKeptAndNoneIsHeardOf() throws Exception {
    LoadGlobalConfigResponse all =
        client
            .pd()
            .loadGlobalConfig(LoadGlobalConfigRequest.newBuilder().setConfigPath("/x").build());
    assertThat(all.getItemsList()).isEmpty();
    LoadGlobalConfigResponse named =
        client
            .pd()
            .loadGlobalConfig(LoadGlobalConfigRequest.newBuilder().addNames("source_id").build());
    assertThat(named.getItems(0).getName()).isEqualTo("source_id");
    assertThat(named.getItems(0).getError().getType()).isEqualTo(ErrorType.GLOBAL_CONFIG_NOT_FOUND);

    RecordedStream<WatchGlobalConfigResponse> changes = new RecordedStream<>();
    PDGrpc.newStub(client.pdChannel)
        .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
        .watchGlobalConfig(WatchGlobalConfigRequest.getDefaultInstance(), changes);
    assertThat(changes.end().getCode())
        .as("open until the client has had enough")
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(changes.messages).isEmpty();
  }

  @Test
  void noExternalTimestampIsSet() {
    GetExternalTimestampResponse response =
        client
            .pd()
            .getExternalTimestamp(
                GetExternalTimestampRequest.newBuilder().setHeader(client.header).build());
    assertThat(response.getHeader())
        .isEqualTo(
            dev.terrane.proto.pdpb.ResponseHeader.newBuilder()
                .setClusterId(client.header.getClusterId())
                .build());
    assertThat(response.getTimestamp()).isZero();
  }

  @Test
  void theLeastTimestampIsANewOne() {
    GetMinTSRequest request = GetMinTSRequest.newBuilder().setHeader(client.header).build();
    Timestamp first = client.pd().getMinTS(request).getTimestamp();
    Timestamp second = client.pd().getMinTS(request).getTimestamp();
    assertThat(composed(second)).isGreaterThan(composed(first));
    assertThat(first.getPhysical()).isPositive();
  }

  private static long composed(Timestamp timestamp) {
    return (timestamp.getPhysical() << 18) + timestamp.getLogical();
  }

  @Test
  void idsAreNumbersWithAllTheirDigits() throws Exception {
    long memberId =
        client.pd().getMembers(GetMembersRequest.getDefaultInstance()).getMembers(0).getMemberId();
    JsonNode members = page("/pd/api/v1/members");
    for (JsonNode id :
        new JsonNode[] {
          members.at("/members/0/member_id"),
          members.at("/leader/member_id"),
          page("/pd/api/v1/health").at("/0/member_id")
        }) {
      assertThat(id.isNumber()).isTrue();
      assertThat(id.asText()).isEqualTo(Long.toUnsignedString(memberId));
    }
    String clusterId = Long.toUnsignedString(client.header.getClusterId());
    for (JsonNode id :
        new JsonNode[] {members.at("/header/cluster_id"), page("/status").at("/cluster_id")}) {
      assertThat(id.isNumber()).isTrue();
      assertThat(id.asText()).isEqualTo(clusterId);
    }
  }

  private JsonNode page(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + node.addresses().status() + path);
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return new ObjectMapper().readTree(answer.body());
    }
  }
}
