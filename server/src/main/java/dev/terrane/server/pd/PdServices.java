package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.BindableService;
import java.util.List;

/** Everything that is served on a PD member's port, except health. */
public final class PdServices {
  private PdServices() {}

  public static List<BindableService> of(Pd pd, LoopExecutor loop) {
    return List.of(
        new PdGrpcService(pd, loop),
        new PdInternalService(pd, loop),
        new KeyspaceGrpcService(pd, loop),
        new EtcdClusterService(pd, loop),
        new EtcdKvService(pd, loop));
  }
}
