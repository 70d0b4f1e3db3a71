package dev.terrane.server.pd;

import dev.terrane.pd.PdRefusal;
import io.grpc.Status;

/** Which gRPC status says which refusal. The texts are PD's: clients search them for words. */
final class PdStatuses {
  private PdStatuses() {}

  static Status of(PdRefusal refusal) {
    Status status =
        switch (refusal) {
          case PdRefusal.NotLeader _, PdRefusal.NotStarted _, PdRefusal.Busy _ ->
              Status.UNAVAILABLE;
          case PdRefusal.ClusterMismatch _ -> Status.FAILED_PRECONDITION;
          case PdRefusal.Invalid _ -> Status.INVALID_ARGUMENT;
          case PdRefusal.Unsupported _ -> Status.UNIMPLEMENTED;
        };
    return status.withDescription(refusal.text());
  }
}
