package dev.terrane.server.tikv;

import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.kvrpcpb.APIVersion;
import dev.terrane.proto.kvrpcpb.Context;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.raw.ApiVersion;
import dev.terrane.txn.raw.RawContext;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Decodes what every request says of its route. */
public final class RequestContexts {
  private final long clusterId;

  public RequestContexts(long clusterId) {
    this.clusterId = clusterId;
  }

  /**
   * Why a request is not for this server at all, or null. Deliberately no Region error, and not in
   * PD's words for the same: the Go client ends its process on those.
   */
  public @Nullable Status refusal(Context context) {
    long got = context.getClusterId();
    return got == 0 || got == clusterId
        ? null
        : Status.INVALID_ARGUMENT.withDescription(
            "this store is of cluster "
                + Long.toUnsignedString(clusterId)
                + ", the request is for cluster "
                + Long.toUnsignedString(got)
                + ": ask that cluster's PD where its stores are");
  }

  /**
   * The route and mode of a raw request. One without an epoch is routed by none, which is like an
   * old one. A stale read of raw keys is the leader's, which needs no timestamp to be right.
   */
  public static RawContext raw(Context context, String columnFamily) {
    return new RawContext(
        ProtoRegions.fromProto(context),
        context.getReplicaRead() && !context.getStaleRead() ? ReadMode.REPLICA : ReadMode.LEADER,
        apiVersion(context.getApiVersion()),
        columnFamily,
        context.getMaxExecutionDurationMs());
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
