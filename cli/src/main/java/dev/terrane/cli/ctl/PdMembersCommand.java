package dev.terrane.cli.ctl;

import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.RulesChange;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** How many members the placement driver has. */
@Command(
    name = "members",
    description = "Show or set how many nodes are members of the placement driver: 1, 3 or 5.",
    footer = {
      "",
      "Three survive the loss of one, five that of two, and every write of the placement driver then",
      "waits for three. Nodes beyond the number are stores only, and take the place of a member that is",
      "lost; 'terrane ctl members' shows who is what."
    })
final class PdMembersCommand extends OperationCommand {
  @Parameters(arity = "0..1", paramLabel = "NUMBER", description = "1, 3 or 5.")
  private @Nullable Integer number;

  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    Integer wanted = number;
    if (wanted != null) {
      ChangeRulesResponse answer =
          pd.changeAtLeader(leader ->
              leader.changeRules(
                  ChangeRulesRequest.newBuilder()
                      .setHeader(header)
                      .setChange(RulesChange.newBuilder().setPdVotersMax(wanted))
                      .build()));
      check(answer.getHeader());
    }
    var members = pd.members();
    int others = members.getStandbysCount();
    return "the placement driver is to have %d members, and has %d; %s"
        .formatted(
            members.getVotersMax(),
            members.getMembersCount(),
            switch (others) {
              case 0 -> "no other node could be one";
              case 1 -> "1 other node could be one";
              default -> others + " other nodes could be";
            });
  }
}
