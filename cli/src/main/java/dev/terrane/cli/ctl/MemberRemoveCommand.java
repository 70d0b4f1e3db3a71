package dev.terrane.cli.ctl;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes a member out of the placement driver. */
@Command(
    name = "remove",
    description = "Take a member out of the placement driver. Its node's store stays.",
    footer = {
      "",
      "Another node takes its place, if one could be a member; otherwise the number of voters goes down",
      "by two, since it must be odd. A node that goes on running can become a member again when one is",
      "missing: stop it before, or set 'terrane ctl pd members' lower."
    })
final class MemberRemoveCommand extends OperationCommand {
  @Parameters(paramLabel = "NAME|ID", description = "As 'terrane ctl members' shows it.")
  private String which = "";

  @Override
  String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane {
    Member member = find(pd.members());
    RemoveMemberResponse answer =
        pd.changeAtLeader(leader ->
            leader.removeMember(
                RemoveMemberRequest.newBuilder()
                    .setHeader(header)
                    .setMemberId(member.getId())
                    .build()));
    check(answer.getHeader());
    return member.getName()
        + ": "
        + (answer.getOutlook().isEmpty() ? "it is removed" : answer.getOutlook());
  }

  private Member find(ListMembersResponse answer) {
    List<Member> members = answer.getMembersList().stream().map(MemberStatus::getMember).toList();
    List<Member> found =
        members.stream()
            .filter(member ->
                member.getName().equals(which)
                    || Long.toUnsignedString(member.getId()).equals(which))
            .toList();
    if (found.size() != 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "%s called '%s'; there are: %s"
              .formatted(
                  found.isEmpty() ? "no member is" : found.size() + " members are",
                  which,
                  members.stream()
                      .map(
                          each -> each.getName() + " (" + Long.toUnsignedString(each.getId()) + ")")
                      .collect(Collectors.joining(", "))));
    }
    return found.getFirst();
  }
}
