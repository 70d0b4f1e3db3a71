package dev.terrane.cli.ctl;

import dev.terrane.client.PdClient;
import dev.terrane.client.PdMember;
import java.math.BigInteger;
import java.util.Comparator;
import picocli.CommandLine.Command;

/** Lists the placement drivers. */
@Command(name = "members", description = "List the placement drivers and which of them leads.")
final class MembersCommand extends ListingCommand {
  @Override
  Listing list(PdClient pd) {
    Listing listing = new Listing("NAME", "MEMBER ID", "LEADER", "CLIENT URLS");
    pd.members().members().stream()
        .sorted(Comparator.comparing(PdMember::name))
        .forEach(member ->
            listing.row(
                member.name(),
                new BigInteger(Long.toUnsignedString(member.id())),
                member.leader() ? "yes" : "",
                String.join(",", member.clientUrls())));
    return listing;
  }
}
