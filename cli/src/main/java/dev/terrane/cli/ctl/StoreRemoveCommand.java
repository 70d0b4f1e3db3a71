package dev.terrane.cli.ctl;

import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a store leave the cluster. */
@Command(
    name = "remove",
    description = "Have a store leave the cluster: its replicas are moved away first.",
    footer = {
      "",
      "The store goes on serving until it has no replicas, which 'terrane ctl stores' shows; then it is",
      "removed for good. Until then 'terrane ctl store keep' takes it back.",
      "",
      "A store whose disk is lost, or whose node is refused because its directory is a copy or an older",
      "one, has nothing to move: with --destroyed its replicas are rebuilt from others at once. That is",
      "final. It is refused while the store is heard of, and where data or a quorum would be lost with it.",
      "",
      "Examples:",
      "  terrane ctl store remove 4 --dry-run",
      "  terrane ctl store remove 4",
      "  terrane ctl store remove 4 --destroyed"
    })
final class StoreRemoveCommand extends OperationCommand {
  @Parameters(paramLabel = "ID", description = "As 'terrane ctl stores' shows it.")
  private long id;

  @Option(
      names = "--destroyed",
      description = "Its data is lost and it will not come back. Cannot be taken back.")
  private boolean destroyed;

  @Option(
      names = "--accept-data-loss",
      description =
          "With --destroyed: although the last replica of some data, or a quorum, is lost with it.")
  private boolean acceptLoss;

  @Option(names = "--dry-run", description = "Only say what would happen.")
  private boolean dryRun;

  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    checkId(id);
    if (acceptLoss && !destroyed) {
      throw usage("--accept-data-loss is only for a store that is --destroyed");
    }
    RemoveStoreRequest request =
        RemoveStoreRequest.newBuilder()
            .setHeader(header)
            .setStoreId(id)
            .setPhysicallyDestroyed(destroyed)
            .setAcceptLoss(acceptLoss)
            .setDryRun(dryRun)
            .build();
    RemoveStoreResponse answer =
        dryRun
            ? pd.atLeader(leader -> leader.removeStore(request))
            : pd.changeAtLeader(leader -> leader.removeStore(request));
    check(answer.getHeader(), this::inFlags);
    String outlook = inFlags(answer.getOutlook());
    return dryRun ? "nothing is done yet; this would be: " + outlook : outlook;
  }

  /** PD speaks of what is meant, this command has flags for it. */
  private String inFlags(String said) {
    String flag =
        said.endsWith("that the loss is accepted")
            ? " (--accept-data-loss)"
            : said.endsWith("that it is destroyed") ? " (--destroyed)" : "";
    return said + flag;
  }
}
