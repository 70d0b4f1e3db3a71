package dev.terrane.server.node;

import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.Member;
import dev.terrane.proto.pdpb.Region;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.ListStoresResponse;
import dev.terrane.proto.terranepd.StoreSummary;
import dev.terrane.server.http.Content;
import dev.terrane.server.http.StatusServer.Page;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The pages of PD's HTTP API that tools read most, with PD's names; answered where PD leads. */
final class PdPages {
  private static final int REGIONS_MAX = 1024;

  private final PdQuestions pd;
  private final MemberPings pings;

  PdPages(PdQuestions pd, MemberPings pings) {
    this.pd = pd;
    this.pings = pings;
  }

  Map<String, Page> pages() {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("/pd/api/v1/members", this::members);
    pages.put("/pd/api/v1/stores", this::stores);
    pages.put("/pd/api/v1/regions", this::regions);
    pages.put("/pd/api/v1/health", this::health);
    pages.put("/pd/api/v1/version", () -> Content.json(Map.of("version", StorePart.VERSION)));
    return pages;
  }

  private GetMembersResponse askMembers() throws IOException {
    return pd.ask(
        (asked, reply) -> asked.getMembers(GetMembersRequest.getDefaultInstance(), reply));
  }

  private RequestHeader header() throws IOException {
    return RequestHeader.newBuilder().setClusterId(askMembers().getHeader().getClusterId()).build();
  }

  private Content members() throws IOException {
    GetMembersResponse answer = askMembers();
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("header", Map.of("cluster_id", Content.id(answer.getHeader().getClusterId())));
    page.put("members", answer.getMembersList().stream().map(PdPages::member).toList());
    page.put("leader", member(answer.getLeader()));
    return Content.json(page);
  }

  private static Map<String, Object> member(Member member) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("name", member.getName());
    page.put("member_id", Content.id(member.getMemberId()));
    page.put("peer_urls", List.copyOf(member.getPeerUrlsList()));
    page.put("client_urls", List.copyOf(member.getClientUrlsList()));
    return page;
  }

  private Content stores() throws IOException {
    ListStoresRequest request = ListStoresRequest.newBuilder().setHeader(header()).build();
    ListStoresResponse answer = pd.ask((asked, reply) -> asked.listStores(request, reply));
    List<Object> stores = new ArrayList<>();
    for (StoreSummary summary : answer.getStoresList()) {
      if (summary.getStore().getState() != StoreState.Tombstone) {
        stores.add(Map.of("store", identity(summary), "status", status(summary)));
      }
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("count", stores.size());
    page.put("stores", stores);
    return Content.json(page);
  }

  private static Map<String, Object> identity(StoreSummary summary) {
    Store store = summary.getStore();
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("id", Content.id(store.getId()));
    page.put("address", store.getAddress());
    page.put("status_address", store.getStatusAddress());
    page.put("version", store.getVersion());
    page.put("state_name", summary.getCondition());
    return page;
  }

  private static Map<String, Object> status(StoreSummary summary) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("leader_count", summary.getLeaderCount());
    page.put("region_count", summary.getRegionCount());
    page.put("is_busy", summary.getStats().getIsBusy());
    if (summary.getStore().getLastHeartbeat() != 0) {
      page.put(
          "last_heartbeat_ts",
          Instant.ofEpochMilli(summary.getStore().getLastHeartbeat() / 1_000_000).toString());
    }
    page.put("silent_seconds", summary.getSilentMillis() / 1000);
    page.put("outlook", summary.getOutlook());
    return page;
  }

  private Content regions() throws IOException {
    ScanRegionsRequest request =
        ScanRegionsRequest.newBuilder().setHeader(header()).setLimit(REGIONS_MAX).build();
    ScanRegionsResponse answer = pd.ask((asked, reply) -> asked.scanRegions(request, reply));
    List<Object> regions = new ArrayList<>();
    for (Region region : answer.getRegionsList()) {
      Map<String, Object> page = new LinkedHashMap<>();
      page.put("id", Content.id(region.getRegion().getId()));
      page.put("start_key", ProtoBytes.toBytes(region.getRegion().getStartKey()).toHex());
      page.put("end_key", ProtoBytes.toBytes(region.getRegion().getEndKey()).toHex());
      page.put("leader_store_id", Content.id(region.getLeader().getStoreId()));
      page.put(
          "peer_store_ids",
          region.getRegion().getPeersList().stream()
              .map(peer -> Content.id(peer.getStoreId()))
              .toList());
      regions.add(page);
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("count", regions.size());
    page.put("regions", regions);
    return Content.json(page);
  }

  /** Whether each member answers, told in PD's form; 503 if nobody leads. */
  private Content health() throws IOException {
    GetMembersResponse answer = askMembers();
    Set<Long> answering =
        pings.answering(answer.getHeader().getClusterId(), answer.getMembersList());
    List<Object> members = new ArrayList<>();
    for (Member member : answer.getMembersList()) {
      Map<String, Object> page = member(member);
      page.put("health", answering.contains(member.getMemberId()));
      members.add(page);
    }
    Content content = Content.json(members);
    boolean led =
        answer.getLeader().getMemberId() != 0
            && answering.contains(answer.getLeader().getMemberId());
    return led ? content : new Content(503, content.type(), content.text());
  }
}
