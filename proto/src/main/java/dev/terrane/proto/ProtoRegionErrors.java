package dev.terrane.proto;

import dev.terrane.common.Invariant;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.errorpb.Error;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bridges between {@link RegionError} and errorpb's, both ways. Bounds and Regions inside errors
 * are passed on as they are; the caller has them as PD has them.
 *
 * <p>Every error that goes out carries a text, for clients that do not know its member. Keys appear
 * in it escaped: a text that is not UTF-8 is refused by most clients.
 */
public final class ProtoRegionErrors {
  private ProtoRegionErrors() {}

  public static Error toProto(RegionError error) {
    Error.Builder proto = Error.newBuilder();
    if (error instanceof RegionError.NotLeader e) {
      notLeader(proto, e);
    } else if (error instanceof RegionError.RegionNotFound e) {
      proto.setMessage("region " + e.regionId() + " not found");
      proto.getRegionNotFoundBuilder().setRegionId(e.regionId());
    } else if (error instanceof RegionError.KeyNotInRegion e) {
      proto.setMessage("key " + e.key() + " is not in region " + e.regionId() + " of " + e.range());
      proto
          .getKeyNotInRegionBuilder()
          .setKey(ProtoBytes.toByteString(e.key()))
          .setRegionId(e.regionId())
          .setStartKey(ProtoBytes.toByteString(e.range().start()))
          .setEndKey(ProtoBytes.toByteString(e.range().end()));
    } else if (error instanceof RegionError.EpochNotMatch e) {
      proto.setMessage("epoch not match");
      var builder = proto.getEpochNotMatchBuilder();
      for (Region region : e.current()) {
        builder.addCurrentRegions(ProtoRegions.toProto(region));
      }
    } else if (error instanceof RegionError.ServerIsBusy e) {
      proto.setMessage("server is busy: " + e.reason());
      proto.getServerIsBusyBuilder().setReason(e.reason()).setBackoffMs(e.backoff().toMillis());
    } else if (error instanceof RegionError.StaleCommand) {
      proto.setMessage("stale command");
      proto.getStaleCommandBuilder();
    } else if (error instanceof RegionError.StoreNotMatch e) {
      proto.setMessage(
          "request is for store " + e.requestStoreId() + ", this is store " + e.actualStoreId());
      proto
          .getStoreNotMatchBuilder()
          .setRequestStoreId(e.requestStoreId())
          .setActualStoreId(e.actualStoreId());
    } else if (error instanceof RegionError.MismatchPeerId e) {
      proto.setMessage(
          "request is for peer " + e.requestPeerId() + ", this store has " + e.storePeerId());
      proto
          .getMismatchPeerIdBuilder()
          .setRequestPeerId(e.requestPeerId())
          .setStorePeerId(e.storePeerId());
    } else {
      refusal(proto, error);
    }
    return proto.build();
  }

  private static void notLeader(Error.Builder proto, RegionError.NotLeader e) {
    Peer leader = e.leader();
    var builder = proto.getNotLeaderBuilder().setRegionId(e.regionId());
    if (leader == null) {
      proto.setMessage("region " + e.regionId() + " has no known leader");
    } else {
      proto.setMessage("region " + e.regionId() + " is led by peer " + leader.id());
      builder.setLeader(ProtoRegions.toProto(leader));
    }
  }

  private static void refusal(Error.Builder proto, RegionError error) {
    if (error instanceof RegionError.RaftEntryTooLarge e) {
      proto.setMessage(
          "entry of "
              + e.entryBytes()
              + " bytes is too large, region "
              + e.regionId()
              + (e.bytesMax() == 0 ? "" : ": at most " + e.bytesMax() + " bytes are taken"));
      proto.getRaftEntryTooLargeBuilder().setRegionId(e.regionId()).setEntrySize(e.entryBytes());
    } else if (error instanceof RegionError.ReadIndexNotReady e) {
      proto.setMessage("read index not ready, region " + e.regionId() + ": " + e.reason());
      proto.getReadIndexNotReadyBuilder().setRegionId(e.regionId()).setReason(e.reason());
    } else if (error instanceof RegionError.RegionNotInitialized e) {
      proto.setMessage("region " + e.regionId() + " is not initialized yet");
      proto.getRegionNotInitializedBuilder().setRegionId(e.regionId());
    } else if (error instanceof RegionError.DiskFull e) {
      proto.setMessage("disk of store " + e.storeId() + " is full: " + e.reason());
      proto.getDiskFullBuilder().addStoreId(e.storeId()).setReason(e.reason());
    } else if (error instanceof RegionError.DataIsNotReady e) {
      proto.setMessage("region " + e.regionId() + " is resolved up to " + e.safeTs() + " only");
      proto
          .getDataIsNotReadyBuilder()
          .setRegionId(e.regionId())
          .setPeerId(e.peerId())
          .setSafeTs(e.safeTs());
    } else if (error instanceof RegionError.UndeterminedResult e) {
      proto.setMessage("result is undetermined: " + e.message());
      proto.getUndeterminedResultBuilder().setMessage(e.message());
    } else if (error instanceof RegionError.Other e) {
      proto.setMessage(e.message());
    } else {
      throw Invariant.violated("a region error without a form on the wire: %s", error);
    }
  }

  /**
   * What the error says. Members without a counterpart become {@link RegionError.Other}, as do
   * errors with a text only.
   */
  public static RegionError fromProto(Error error) {
    if (error.hasNotLeader()) {
      var e = error.getNotLeader();
      return new RegionError.NotLeader(e.getRegionId(), leader(e));
    } else if (error.hasRegionNotFound()) {
      return new RegionError.RegionNotFound(error.getRegionNotFound().getRegionId());
    } else if (error.hasKeyNotInRegion()) {
      var e = error.getKeyNotInRegion();
      return new RegionError.KeyNotInRegion(
          ProtoBytes.toBytes(e.getKey()),
          e.getRegionId(),
          new KeyRange(ProtoBytes.toBytes(e.getStartKey()), ProtoBytes.toBytes(e.getEndKey())));
    } else if (error.hasEpochNotMatch()) {
      return new RegionError.EpochNotMatch(regions(error));
    } else if (error.hasServerIsBusy()) {
      var e = error.getServerIsBusy();
      return new RegionError.ServerIsBusy(e.getReason(), Duration.ofMillis(e.getBackoffMs()));
    } else if (error.hasStaleCommand()) {
      return new RegionError.StaleCommand();
    } else if (error.hasStoreNotMatch()) {
      var e = error.getStoreNotMatch();
      return new RegionError.StoreNotMatch(e.getRequestStoreId(), e.getActualStoreId());
    } else if (error.hasMismatchPeerId()) {
      var e = error.getMismatchPeerId();
      return new RegionError.MismatchPeerId(e.getRequestPeerId(), e.getStorePeerId());
    }
    return refusalFromProto(error);
  }

  private static RegionError refusalFromProto(Error error) {
    if (error.hasRaftEntryTooLarge()) {
      var e = error.getRaftEntryTooLarge();
      return new RegionError.RaftEntryTooLarge(e.getRegionId(), e.getEntrySize());
    } else if (error.hasReadIndexNotReady()) {
      var e = error.getReadIndexNotReady();
      return new RegionError.ReadIndexNotReady(e.getRegionId(), e.getReason());
    } else if (error.hasRegionNotInitialized()) {
      return new RegionError.RegionNotInitialized(error.getRegionNotInitialized().getRegionId());
    } else if (error.hasDiskFull()) {
      var e = error.getDiskFull();
      return new RegionError.DiskFull(
          e.getStoreIdCount() == 0 ? 0 : e.getStoreId(0), e.getReason());
    } else if (error.hasDataIsNotReady()) {
      var e = error.getDataIsNotReady();
      return new RegionError.DataIsNotReady(e.getRegionId(), e.getPeerId(), e.getSafeTs());
    } else if (error.hasUndeterminedResult()) {
      return new RegionError.UndeterminedResult(error.getUndeterminedResult().getMessage());
    }
    return new RegionError.Other(
        error.getMessage().isEmpty() ? error.toString().trim() : error.getMessage());
  }

  /** Store id 0 is what some servers send for "nobody". */
  private static @Nullable Peer leader(dev.terrane.proto.errorpb.NotLeader e) {
    return e.hasLeader() && e.getLeader().getStoreId() != 0
        ? ProtoRegions.fromProto(e.getLeader())
        : null;
  }

  private static List<Region> regions(Error error) {
    List<Region> regions = new ArrayList<>();
    for (var region : error.getEpochNotMatch().getCurrentRegionsList()) {
      regions.add(ProtoRegions.fromProto(region));
    }
    return regions;
  }
}
