package dev.terrane.client.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where members of PD are: at the addresses that the client was opened with, which stay, and at
 * those that PD tells of.
 */
final class MemberAddresses {
  private final Addresses addresses;
  private final Set<String> seeds;
  private Set<String> told = new LinkedHashSet<>();

  MemberAddresses(Addresses addresses, List<String> seeds) {
    this.addresses = addresses;
    this.seeds = new LinkedHashSet<>(seeds);
    this.seeds.forEach(addresses::hold);
  }

  /** Each once; seeds first. */
  List<String> all() {
    Set<String> all = new LinkedHashSet<>(seeds);
    all.addAll(told);
    return new ArrayList<>(all);
  }

  /** A member tells of these. It may not have heard of others yet, or of their leaving. */
  void learn(Collection<String> members) {
    for (String member : members) {
      if (told.add(member)) {
        addresses.hold(member);
      }
    }
  }

  /** The leader tells of these, so there are no others. */
  void settle(Collection<String> members) {
    Set<String> before = told;
    told = new LinkedHashSet<>(members);
    told.forEach(addresses::hold);
    before.forEach(addresses::letGo);
  }
}
