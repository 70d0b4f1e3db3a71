package dev.terrane.server.tikv;

import dev.terrane.common.region.RegionError;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.kvrpcpb.APIVersion;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.raw.ApiVersion;
import dev.terrane.txn.raw.RawContext;
import org.jspecify.annotations.Nullable;

/** Decodes what every request says of its route. */
public final class RequestContexts {
  private final long clusterId;

  public RequestContexts(long clusterId) {
    this.clusterId = clusterId;
  }

  /** Why a request with this context cannot be routed, or null. */
  public @Nullable RegionError check(Context context) {
    if (!context.hasRegionEpoch()) {
      return new RegionError.Other("request has no region epoch");
    }
    long got = context.getClusterId();
    if (got != 0 && got != clusterId) {
      return new RegionError.Other(
          "mismatch cluster id, need "
              + Long.toUnsignedString(clusterId)
              + " but got "
              + Long.toUnsignedString(got));
    }
    if (context.getStaleRead()) {
      return new RegionError.DataIsNotReady(context.getRegionId(), context.getPeer().getId(), 0);
    }
    return null;
  }

  /** The route and mode of a raw request. */
  public static RawContext raw(Context context, String columnFamily) {
    return new RawContext(
        ProtoRegions.fromProto(context),
        context.getReplicaRead() ? ReadMode.REPLICA : ReadMode.LEADER,
        apiVersion(context.getApiVersion()),
        columnFamily);
  }

  private static @Nullable ApiVersion apiVersion(APIVersion version) {
    return switch (version) {
      case V1 -> ApiVersion.V1;
      case V1TTL -> ApiVersion.V1TTL;
      case V2 -> ApiVersion.V2;
      case V3, UNRECOGNIZED -> null;
    };
  }
}
