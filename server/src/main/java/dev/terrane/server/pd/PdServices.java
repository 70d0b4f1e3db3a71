package dev.terrane.server.pd;

import dev.terrane.pd.Pd;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.BindableService;
import java.util.List;
import java.util.function.UnaryOperator;

/** Everything that is served on a PD member's port, except health. */
public final class PdServices {
  private PdServices() {}

  /**
   * The services of {@code pd}.
   *
   * @param greeted takes in what another member knows of where members are, and answers what this
   *     one knows
   */
  public static List<BindableService> of(
      Pd pd, UnaryOperator<List<Member>> greeted, LoopExecutor loop) {
    return List.of(
        new PdGrpcService(pd, loop),
        new PdInternalService(pd, greeted, loop),
        new KeyspaceGrpcService(pd, loop),
        new EtcdClusterService(pd, loop),
        new EtcdKvService(pd, loop),
        new MetaStorageService(pd, loop),
        new ResourceManagerService(loop));
  }
}
