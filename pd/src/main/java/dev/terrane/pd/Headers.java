package dev.terrane.pd;

import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.pdpb.Error;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.ResponseHeader;

/** Response headers. Each carries the cluster's id; the error is set only where there is one. */
final class Headers {
  private Headers() {}

  static ResponseHeader ok(long clusterId) {
    return ResponseHeader.newBuilder().setClusterId(clusterId).build();
  }

  static ResponseHeader error(long clusterId, ErrorType type, String message) {
    return ResponseHeader.newBuilder()
        .setClusterId(clusterId)
        .setError(Error.newBuilder().setType(type).setMessage(message))
        .build();
  }

  static ResponseHeader refused(long clusterId, Outcome.Refused refused) {
    return error(clusterId, refused.type(), refused.text());
  }

  static ResponseHeader notBootstrapped(long clusterId) {
    return error(clusterId, ErrorType.NOT_BOOTSTRAPPED, "cluster is not bootstrapped");
  }
}
