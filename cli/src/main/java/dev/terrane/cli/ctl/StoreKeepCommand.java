package dev.terrane.cli.ctl;

import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.KeepStoreRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes back that a store is to leave. */
@Command(
    name = "keep",
    description = "Take back that a store is to be removed, as long as it still has replicas.")
final class StoreKeepCommand extends OperationCommand {
  @Parameters(paramLabel = "ID", description = "As 'terrane ctl stores' shows it.")
  private long id;

  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    checkId(id);
    check(
        pd.changeAtLeader(leader ->
                leader.keepStore(
                    KeepStoreRequest.newBuilder().setHeader(header).setStoreId(id).build()))
            .getHeader());
    return "store %d stays".formatted(id);
  }
}
