package dev.terrane.cli.ctl;

import dev.terrane.proto.pdpb.Member;
import picocli.CommandLine.Command;

/** Lists the placement drivers. */
@Command(name = "members", description = "List the placement drivers and which of them leads.")
final class MembersCommand extends ListingCommand {
  @Override
  Listing list(PdSession session) {
    Listing listing = new Listing("NAME", "MEMBER ID", "LEADER", "CLIENT URLS", "PEER URLS");
    for (Member member : session.members().getMembersList()) {
      listing.row(
          member.getName(),
          Long.toUnsignedString(member.getMemberId()),
          member.getMemberId() == session.members().getLeader().getMemberId() ? "yes" : "",
          String.join(",", member.getClientUrlsList()),
          String.join(",", member.getPeerUrlsList()));
    }
    return listing;
  }
}
