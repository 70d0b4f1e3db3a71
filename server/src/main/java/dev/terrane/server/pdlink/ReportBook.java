package dev.terrane.server.pdlink;

import dev.terrane.proto.pdpb.RegionHeartbeatRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest report of each Region that this store leads: until PD takes it in, and for as long
 * afterwards as it is news, because the leader of a new stream may never have heard it.
 *
 * <p>Bounded in bytes. What PD has been told goes first; what it has not goes only if PD is away
 * for long, and a store reports each Region again within a minute. So no Region is left out for
 * good, however many there are. Confined to one event loop.
 */
final class ReportBook {
  private record Report(RegionHeartbeatRequest heartbeat, int bytes, long atNanos) {}

  private final long bytesMax;
  private final long newsNanos;
  private final Map<Long, Report> untoldById = new LinkedHashMap<>();
  private final Map<Long, Report> toldById = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param newsNanos a store that still leads a Region has reported it again by then
   */
  ReportBook(long bytesMax, long newsNanos) {
    this.bytesMax = bytesMax;
    this.newsNanos = newsNanos;
  }

  void add(RegionHeartbeatRequest heartbeat, long nowNanos) {
    long regionId = heartbeat.getRegion().getId();
    remove(untoldById.remove(regionId));
    remove(toldById.remove(regionId));
    put(untoldById, new Report(heartbeat, heartbeat.getSerializedSize(), nowNanos));
    while (!toldById.isEmpty() && isOld(eldest(toldById), nowNanos)) {
      removeEldest(toldById);
    }
    while (bytes > bytesMax && untoldById.size() + toldById.size() > 1) {
      removeEldest(toldById.isEmpty() ? untoldById : toldById);
    }
  }

  private void put(Map<Long, Report> reports, Report report) {
    bytes += report.bytes;
    reports.put(report.heartbeat.getRegion().getId(), report);
  }

  private void remove(@Nullable Report report) {
    bytes -= report == null ? 0 : report.bytes;
  }

  private static Report eldest(Map<Long, Report> reports) {
    return reports.values().iterator().next();
  }

  private void removeEldest(Map<Long, Report> reports) {
    Report eldest = eldest(reports);
    reports.remove(eldest.heartbeat.getRegion().getId());
    remove(eldest);
  }

  private boolean isOld(Report report, long nowNanos) {
    return nowNanos - report.atNanos > newsNanos;
  }

  boolean hasUntold() {
    return !untoldById.isEmpty();
  }

  /** The next report that PD has not been told, and is by that; null if there is none. */
  @Nullable RegionHeartbeatRequest next() {
    if (untoldById.isEmpty()) {
      return null;
    }
    Report report = eldest(untoldById);
    long regionId = report.heartbeat.getRegion().getId();
    untoldById.remove(regionId);
    toldById.put(regionId, report);
    return report.heartbeat;
  }

  /** PD has a new leader, who has not heard what was told; what is no news any more is dropped. */
  void forgetTelling(long nowNanos) {
    Map<Long, Report> all = new LinkedHashMap<>(toldById);
    all.putAll(untoldById);
    untoldById.clear();
    toldById.clear();
    bytes = 0;
    for (Report report : all.values()) {
      if (!isOld(report, nowNanos)) {
        put(untoldById, report);
      }
    }
  }

  /** Of all reports that are kept. */
  long bytes() {
    return bytes;
  }
}
