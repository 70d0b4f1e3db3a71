package dev.terrane.cli.ctl;

import com.google.protobuf.ByteString;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.PDGrpc;
import dev.terrane.proto.pdpb.Region;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A few questions to the leader of the placement drivers, found through any of them. Each call
 * waits at most {@link #CALL_SECONDS_MAX} for its answer.
 *
 * <p>Confined to one thread.
 */
final class PdSession implements AutoCloseable {
  private static final int CALL_SECONDS_MAX = 5;
  private static final int REGIONS_PER_CALL = 1_024;
  private static final int MESSAGE_BYTES_MAX = 64 << 20;

  private final GetMembersResponse members;
  private final ManagedChannel leader;

  private PdSession(GetMembersResponse members, ManagedChannel leader) {
    this.members = members;
    this.leader = leader;
  }

  /**
   * Asks each address for the members until one answers, and turns to the leader it names.
   *
   * @throws CommandFailure if none answers
   */
  static PdSession open(List<String> addresses) {
    List<String> failures = new ArrayList<>();
    for (String address : addresses) {
      ManagedChannel channel = channel(address);
      try {
        GetMembersResponse members =
            stub(channel).getMembers(GetMembersRequest.getDefaultInstance());
        if (members.getLeader().getClientUrlsCount() > 0) {
          return new PdSession(members, channel(authority(members.getLeader().getClientUrls(0))));
        }
        failures.add(address + ": has no leader yet");
      } catch (StatusRuntimeException e) {
        failures.add(address + ": " + e.getStatus().getCode() + describe(e));
      } finally {
        channel.shutdownNow();
      }
    }
    throw new CommandFailure(
        ExitCode.FAILED,
        "no placement driver answers ("
            + String.join("; ", failures)
            + ").\nIs the cluster running? Name its placement driver with --pd HOST:PORT.");
  }

  GetMembersResponse members() {
    return members;
  }

  long clusterId() {
    return members.getHeader().getClusterId();
  }

  List<Store> stores() {
    GetAllStoresResponse response =
        ask(stub ->
            stub.getAllStores(GetAllStoresRequest.newBuilder().setHeader(header()).build()));
    refuseError(response.getHeader());
    return response.getStoresList();
  }

  /** All Regions in key order, read page by page. */
  List<Region> regions() {
    List<Region> regions = new ArrayList<>();
    ByteString start = ByteString.EMPTY;
    while (true) {
      ScanRegionsRequest request =
          ScanRegionsRequest.newBuilder()
              .setHeader(header())
              .setStartKey(start)
              .setLimit(REGIONS_PER_CALL)
              .build();
      ScanRegionsResponse page = ask(stub -> stub.scanRegions(request));
      refuseError(page.getHeader());
      regions.addAll(page.getRegionsList());
      if (page.getRegionsCount() < REGIONS_PER_CALL) {
        return regions;
      }
      start = regions.getLast().getRegion().getEndKey();
      if (start.isEmpty()) {
        return regions;
      }
    }
  }

  @Override
  public void close() {
    leader.shutdownNow();
  }

  private <T> T ask(Question<T> question) {
    try {
      return question.ask(stub(leader));
    } catch (StatusRuntimeException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the placement driver's leader "
              + leader.authority()
              + " did not answer: "
              + e.getStatus().getCode()
              + describe(e)
              + "\nTry again; a new leader may just be taking over.",
          e);
    }
  }

  private RequestHeader header() {
    return RequestHeader.newBuilder().setClusterId(clusterId()).build();
  }

  private static void refuseError(ResponseHeader header) {
    if (header.hasError()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the placement driver answers: "
              + header.getError().getType()
              + " "
              + header.getError().getMessage());
    }
  }

  private static ManagedChannel channel(String address) {
    return ManagedChannelBuilder.forTarget(authority(address))
        .usePlaintext()
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .build();
  }

  private static PDGrpc.PDBlockingStub stub(ManagedChannel channel) {
    return PDGrpc.newBlockingStub(channel).withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
  }

  /** Members give URLs, people give HOST:PORT. */
  private static String authority(String address) {
    return address.contains("://") ? URI.create(address).getAuthority() : address;
  }

  private static String describe(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    return description == null ? "" : " (" + description + ")";
  }

  private interface Question<T> {
    T ask(PDGrpc.PDBlockingStub stub);
  }
}
