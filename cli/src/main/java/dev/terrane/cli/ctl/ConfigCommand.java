package dev.terrane.cli.ctl;

import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
import picocli.CommandLine.Command;

/** Shows what is set for the whole cluster. */
@Command(
    name = "config",
    description = "Show what is set for the whole cluster; 'config set' sets it.",
    subcommands = ConfigSetCommand.class,
    footer = {"", "Example:", "  terrane ctl config set max-store-down-time 10m"})
final class ConfigCommand extends OperationCommand {
  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    GetRulesResponse answer =
        pd.atLeader(
            leader -> leader.getRules(GetRulesRequest.newBuilder().setHeader(header).build()));
    check(answer.getHeader());
    Listing listing = new Listing("NAME", "VALUE", "MEANING");
    for (Setting setting : Setting.values()) {
      listing.row(setting.label(), setting.value(answer.getRules()), setting.meaning());
    }
    return listing.table().stripTrailing();
  }
}
