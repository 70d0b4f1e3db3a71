package dev.terrane.client;

import java.util.List;

/** PD as it describes itself. */
public record PdMembers(long clusterId, List<PdMember> members) {
  public PdMembers {
    members = List.copyOf(members);
  }
}
