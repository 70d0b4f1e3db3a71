package dev.terrane.server.node;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.config.Role;
import dev.terrane.server.http.Content;
import dev.terrane.server.http.StatusServer.Page;
import dev.terrane.server.metrics.NodeMetrics;
import dev.terrane.store.StoreStatus;
import dev.terrane.txn.raw.ApiVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node's pages. {@code /config} has the two settings by which TiKV's tools learn how keys are
 * stored. Region bounds are shown in hex, as PD's tools do.
 */
final class StatusPages {
  /** Shown on one page; how many there are is told beside. */
  private static final int REGIONS_MAX = 1024;

  private final NodeConfig config;
  private final Node node;
  private final NodeMetrics metrics;
  private final MemberPings pings;

  StatusPages(NodeConfig config, Node node, NodeMetrics metrics, MemberPings pings) {
    this.pings = pings;
    this.config = config;
    this.node = node;
    this.metrics = metrics;
  }

  Map<String, Page> pages() {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("/metrics", () -> new Content(200, NodeMetrics.CONTENT_TYPE, metrics.text()));
    pages.put("/status", this::status);
    pages.put("/config", this::config);
    pages.put("/livez", () -> Content.text(200, "ok"));
    pages.put("/readyz", this::ready);
    PdPart pd = node.pdPart();
    if (pd != null) {
      pages.putAll(new PdPages(new PdQuestions(pd.pd()), pings).pages());
    }
    return pages;
  }

  private Content ready() {
    String notReady = whyNotReady();
    return notReady == null ? Content.text(200, "ok") : Content.text(503, notReady);
  }

  private @Nullable String whyNotReady() {
    if (node.isClosed()) {
      return "stopping";
    }
    StoreStatus store = node.storeStatus();
    if (store == null && config.roles().contains(Role.STORE)) {
      return "the store has not started";
    }
    if (store != null && store.regions().stream().anyMatch(region -> region.leader() == null)) {
      return "a Region of this store has no known leader";
    }
    PdPart pd = node.pdPart();
    return pd == null ? null : whyNotReady(new PdQuestions(pd.pd()));
  }

  private static @Nullable String whyNotReady(PdQuestions pd) {
    try {
      GetMembersResponse answer =
          pd.ask((asked, reply) -> asked.getMembers(GetMembersRequest.getDefaultInstance(), reply));
      return answer.getLeader().getMemberId() == 0 ? "PD has no known leader" : null;
    } catch (IOException e) {
      return "PD: " + e.getMessage();
    }
  }

  private Content config() {
    Map<String, Object> storage = new LinkedHashMap<>();
    storage.put("api-version", config.apiVersion() == ApiVersion.V2 ? 2 : 1);
    storage.put("enable-ttl", config.apiVersion().hasTtl());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", config.name());
    all.put("roles", config.roles().stream().map(Enum::toString).toList());
    all.put("memory-bytes", config.memoryBytes());
    all.put("log-budget-bytes", config.logBudgetBytes());
    all.put("disk-reserve", config.diskReserve());
    all.put("labels", config.labels());
    all.put("storage", storage);
    return Content.json(all);
  }

  private Content status() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", config.name());
    all.put("version", StorePart.VERSION);
    all.putAll(node.addresses().byPart());
    StoreStatus store = node.storeStatus();
    if (store != null) {
      all.put("cluster_id", Content.id(store.clusterId()));
      all.put("store_id", Content.id(store.storeId()));
      all.put("admitted_requests", store.admittedRequests());
      all.put("admitted_bytes", store.admittedBytes());
      List<Object> regions = new ArrayList<>();
      store.regions().stream().limit(REGIONS_MAX).forEach(region -> regions.add(region(region)));
      all.put("region_count", store.regions().size());
      all.put("regions", regions);
    }
    return Content.json(all);
  }

  private static Map<String, Object> region(StoreStatus.RegionStatus status) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("id", Content.id(status.regionId()));
    page.put("peer_id", Content.id(status.peerId()));
    page.put("leads", status.leads());
    page.put("term", status.term());
    page.put("data", status.data());
    page.put("applied_index", status.applied());
    var leader = status.leader();
    if (leader != null) {
      page.put("leader_store_id", Content.id(leader.storeId()));
    }
    Region region = status.region();
    if (region != null) {
      page.put("start_key", region.range().start().toHex());
      page.put("end_key", region.range().end().toHex());
      page.put("conf_ver", region.epoch().confVer());
      page.put("version", region.epoch().version());
      page.put("peers", region.peers().stream().map(StatusPages::peer).toList());
    }
    return page;
  }

  private static Map<String, Object> peer(Peer peer) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("id", Content.id(peer.id()));
    entry.put("store_id", Content.id(peer.storeId()));
    entry.put("role", peer.role().name().toLowerCase(Locale.ROOT));
    return entry;
  }
}
