package dev.terrane.cli.ctl;

import dev.terrane.client.PdClient;
import dev.terrane.client.PdMember;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.Standby;
import java.math.BigInteger;
import java.util.Comparator;
import picocli.CommandLine.Command;

/** Lists the placement drivers, and the nodes that could be one. */
@Command(
    name = "members",
    description = "List the members of the placement driver, their roles, and who of them answers.",
    footer = {
      "",
      "A learner follows and does not vote. A node that is only a store takes the place of a member that",
      "stays away for max-pd-member-down-time, which 'terrane ctl config' shows and sets."
    })
final class MembersCommand extends ListingCommand {
  private static Listing listing() {
    return new Listing("NAME", "MEMBER ID", "ROLE", "LEADER", "ANSWERS", "CLIENT URLS", "OUTLOOK");
  }

  /** Ids use all of 64 bits. */
  private static BigInteger id(long memberId) {
    return new BigInteger(Long.toUnsignedString(memberId));
  }

  @Override
  Listing listOwn(PdOperations pd) throws PdOperations.NotTerrane {
    ListMembersResponse answer = pd.members();
    Listing listing = listing();
    answer.getMembersList().stream()
        .sorted(Comparator.comparing((MemberStatus status) -> status.getMember().getName()))
        .forEach(status ->
            listing.row(
                status.getMember().getName(),
                id(status.getMember().getId()),
                status.getVoter() ? "voter" : "learner",
                status.getLeader() ? "yes" : "",
                pd.answers(status.getMember()) ? "yes" : "no",
                String.join(",", status.getMember().getClientUrlsList()),
                status.getOutlook()));
    for (Standby standby : answer.getStandbysList()) {
      listing.row(
          standby.getMember().getName(),
          id(standby.getMember().getId()),
          "store only",
          "",
          pd.answers(standby.getMember()) ? "yes" : "no",
          String.join(",", standby.getMember().getClientUrlsList()),
          "");
    }
    return listing;
  }

  @Override
  Listing list(PdClient pd) {
    Listing listing = listing();
    pd.members().members().stream()
        .sorted(Comparator.comparing(PdMember::name))
        .forEach(member ->
            listing.row(
                member.name(),
                id(member.id()),
                "",
                member.leader() ? "yes" : "",
                "",
                String.join(",", member.clientUrls()),
                ""));
    return listing;
  }
}
