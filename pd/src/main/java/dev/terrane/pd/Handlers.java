package dev.terrane.pd;

import dev.terrane.pd.store.StoreCondition;

/** What a member does with each call, by subject. Confined to the member's thread. */
final class Handlers {
  private final PdMember member;
  private final MemberCalls members;
  private final TimestampCalls timestamps;
  private final StoreCalls stores;
  private final StoreRemovals removals;
  private final SettingsCalls settings;
  private final RegionQueries queries;
  private final SplitCalls splits;
  private final Scheduling scheduling;
  private final SafePointCalls safePoints;
  private final KeyspaceCalls keyspaces;
  private final EtcdCalls etcd;
  private final RegionReports reports;
  private final RegionKeeper keeper;

  Handlers(PdMember member) {
    this.member = member;
    members = new MemberCalls(member);
    timestamps = new TimestampCalls(member);
    stores = new StoreCalls(member);
    removals = new StoreRemovals(member);
    settings = new SettingsCalls(member);
    queries = new RegionQueries(member);
    splits = new SplitCalls(member);
    scheduling = new Scheduling(member);
    safePoints = new SafePointCalls(member);
    keyspaces = new KeyspaceCalls(member);
    etcd = new EtcdCalls(member);
    keeper = new RegionKeeper(member);
    reports = new RegionReports(member, scheduling, keeper);
  }

  void onHeartbeat(PdCall.Heartbeat heartbeat) {
    reports.onHeartbeat(heartbeat);
  }

  /** Every now and then, while leading: what time and silence bring. */
  void onTick(Leadership leadership, long nowNanos) {
    leadership.refreshView(nowNanos);
    members.onTick(leadership);
    scheduling.onTick(leadership, nowNanos);
    removals.onTick(leadership, scheduling.hasWholePicture());
  }

  /** Whether nothing is under way that the next {@link #onTick} would take further. */
  boolean isAtRest(Leadership leadership) {
    return members.isAtRest() && scheduling.isAtRest(leadership) && keeper.isAtRest();
  }

  PdFigures figures(Leadership leadership, long nowNanos) {
    return new PdFigures(
        1,
        leadership.storesLike(StoreCondition.UP),
        leadership.storesLike(StoreCondition.DISCONNECTED),
        leadership.storesLike(StoreCondition.DOWN),
        leadership.storesLike(StoreCondition.OFFLINE),
        member.regions().size(),
        member.stateOrThrow().members().all().size(),
        members.silent(),
        members.standbyCount(leadership, nowNanos));
  }

  RegionKeeper keeper() {
    return keeper;
  }

  MemberCalls members() {
    return members;
  }

  TimestampCalls timestamps() {
    return timestamps;
  }

  StoreCalls stores() {
    return stores;
  }

  StoreRemovals removals() {
    return removals;
  }

  SettingsCalls settings() {
    return settings;
  }

  RegionQueries queries() {
    return queries;
  }

  SplitCalls splits() {
    return splits;
  }

  Scheduling scheduling() {
    return scheduling;
  }

  SafePointCalls safePoints() {
    return safePoints;
  }

  KeyspaceCalls keyspaces() {
    return keyspaces;
  }

  EtcdCalls etcd() {
    return etcd;
  }
}
