package dev.terrane.cli.ctl;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.RulesChange;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sets something for the whole cluster. */
@Command(name = "set", description = "Set something for the whole cluster.")
final class ConfigSetCommand extends OperationCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "As 'terrane ctl config' shows it.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "VALUE",
      description = "A number, or a length of time as in 90s, 30m or 1h30m.")
  private String value = "";

  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    Setting setting = setting();
    RulesChange change = setting.to(value);
    ChangeRulesResponse answer =
        pd.changeAtLeader(leader ->
            leader.changeRules(
                ChangeRulesRequest.newBuilder().setHeader(header).setChange(change).build()));
    check(answer.getHeader());
    return setting.label() + " is " + setting.value(answer.getRules());
  }

  private Setting setting() {
    for (Setting setting : Setting.values()) {
      if (setting.label().equals(name)) {
        return setting;
      }
    }
    throw new CommandFailure(
        ExitCode.USAGE,
        "nothing is called '%s'; there are: %s"
            .formatted(
                name,
                Arrays.stream(Setting.values())
                    .map(Setting::label)
                    .collect(Collectors.joining(", "))));
  }
}
