package dev.terrane.server.pd;

import com.google.protobuf.Message;
import dev.terrane.proto.resource_manager.DeleteResourceGroupRequest;
import dev.terrane.proto.resource_manager.DeleteResourceGroupResponse;
import dev.terrane.proto.resource_manager.Error;
import dev.terrane.proto.resource_manager.GetResourceGroupRequest;
import dev.terrane.proto.resource_manager.GetResourceGroupResponse;
import dev.terrane.proto.resource_manager.GroupMode;
import dev.terrane.proto.resource_manager.GroupRequestUnitSettings;
import dev.terrane.proto.resource_manager.ListResourceGroupsRequest;
import dev.terrane.proto.resource_manager.ListResourceGroupsResponse;
import dev.terrane.proto.resource_manager.PutResourceGroupRequest;
import dev.terrane.proto.resource_manager.PutResourceGroupResponse;
import dev.terrane.proto.resource_manager.ResourceGroup;
import dev.terrane.proto.resource_manager.ResourceManagerGrpc;
import dev.terrane.proto.resource_manager.TokenBucket;
import dev.terrane.proto.resource_manager.TokenLimitSettings;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import io.grpc.stub.StreamObserver;

/**
 * Resource control, of which there is what every cluster has: one group, {@code default}, without a
 * limit. Whoever asks for others, or wants to make some, hears so.
 */
final class ResourceManagerService extends ResourceManagerGrpc.ResourceManagerImplBase {
  private static final ResourceGroup DEFAULT_GROUP =
      ResourceGroup.newBuilder()
          .setName("default")
          .setMode(GroupMode.RUMode)
          .setRUSettings(
              GroupRequestUnitSettings.newBuilder()
                  .setRU(
                      TokenBucket.newBuilder()
                          .setSettings(
                              TokenLimitSettings.newBuilder()
                                  .setFillRate(Integer.MAX_VALUE)
                                  .setBurstLimit(-1))))
          .setPriority(8)
          .build();

  private static final Error NOT_OFFERED =
      error("resource groups other than \"default\" are not offered");

  private final LoopExecutor loop;

  ResourceManagerService(LoopExecutor loop) {
    this.loop = loop;
  }

  private static Error error(String message) {
    return Error.newBuilder().setMessage(message).build();
  }

  private <R extends Message> void answer(StreamObserver<R> client, R response) {
    new Unary<>(client, loop).answer(response);
  }

  @Override
  public void listResourceGroups(
      ListResourceGroupsRequest request, StreamObserver<ListResourceGroupsResponse> client) {
    answer(client, ListResourceGroupsResponse.newBuilder().addGroups(DEFAULT_GROUP).build());
  }

  @Override
  public void getResourceGroup(
      GetResourceGroupRequest request, StreamObserver<GetResourceGroupResponse> client) {
    GetResourceGroupResponse.Builder response = GetResourceGroupResponse.newBuilder();
    String name = request.getResourceGroupName();
    answer(
        client,
        name.equals(DEFAULT_GROUP.getName())
            ? response.setGroup(DEFAULT_GROUP).build()
            : response.setError(error("resource group \"" + name + "\" not found")).build());
  }

  @Override
  public void addResourceGroup(
      PutResourceGroupRequest request, StreamObserver<PutResourceGroupResponse> client) {
    answer(client, PutResourceGroupResponse.newBuilder().setError(NOT_OFFERED).build());
  }

  @Override
  public void modifyResourceGroup(
      PutResourceGroupRequest request, StreamObserver<PutResourceGroupResponse> client) {
    answer(client, PutResourceGroupResponse.newBuilder().setError(NOT_OFFERED).build());
  }

  @Override
  public void deleteResourceGroup(
      DeleteResourceGroupRequest request, StreamObserver<DeleteResourceGroupResponse> client) {
    answer(client, DeleteResourceGroupResponse.newBuilder().setError(NOT_OFFERED).build());
  }
}
