package dev.terrane.sim.invariant;

import dev.terrane.pd.PdMember;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import dev.terrane.raft.RoleKind;
import dev.terrane.raft.Status;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.SimulationFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** PD's own group: who its members are, and what it has committed. */
final class PdGroup {
  static final long ID = 1;

  private final RaftInvariants logs;
  private final Map<Machine, PdMember> running = new LinkedHashMap<>();
  private final Map<Long, Machine> machineByMember = new LinkedHashMap<>();

  PdGroup(RaftInvariants logs) {
    this.logs = logs;
  }

  void started(NodeProcess process, PdMember member) {
    Machine machine = process.machine();
    running.put(machine, member);
    process.onDeath(() -> running.remove(machine));
    machineByMember.put(member.raftStatus().peerId(), machine);
  }

  /** Where the member is that leads in the highest term; null if none leads. */
  @Nullable Machine leader() {
    Machine leader = null;
    long newestTerm = 0;
    for (Map.Entry<Machine, PdMember> entry : running.entrySet()) {
      Status status = entry.getValue().raftStatus();
      if (status.role() == RoleKind.LEADER && status.hardState().term() > newestTerm) {
        leader = entry.getKey();
        newestTerm = status.hardState().term();
      }
    }
    return leader;
  }

  /** The member on {@code machine} is gone for good; another one may begin there. */
  void lost(Machine machine) {
    machineByMember.values().removeIf(machine::equals);
    logs.lost(machine);
  }

  boolean canLoseOne() {
    Membership newest = newest();
    return newest != null
        && !newest.isJoint()
        && newest.voters().size() == 3
        && newest.voters().toList().stream().allMatch(machineByMember::containsKey);
  }

  /** How many vote, 0 in a joint change; those that are gone for good do not count. */
  int voters() {
    Membership newest = newest();
    return newest == null || newest.isJoint()
        ? 0
        : (int) newest.voters().toList().stream().filter(machineByMember::containsKey).count();
  }

  /** As of the last entry that any member that is up has applied; null if none is. */
  private @Nullable Membership newest() {
    Status newest = null;
    for (PdMember member : running.values()) {
      Status status = member.raftStatus();
      if (newest == null || status.applied() > newest.applied()) {
        newest = status;
      }
    }
    return newest == null ? null : newest.membership();
  }

  /** The leader on {@code machine} says that everything through {@code commit} is committed. */
  void committed(Machine machine, long commit) {
    DurableGroup log = logs.durable(machine, ID);
    PdMember leader = running.get(machine);
    if (log == null || leader == null) {
      return;
    }
    GroupFacts facts = logs.facts(ID);
    for (long index = Math.max(facts.committed(), log.base()) + 1; index <= commit; index++) {
      long term = log.term(index);
      if (term == 0) {
        throw new SimulationFailure(
            "%s says that entry %d of PD is committed, which is not durable there"
                .formatted(machine.name(), index));
      }
      if (facts.committed(index, term, machine.name())) {
        requireForGood(leader.raftStatus().membership(), index, term);
      }
    }
  }

  /** What is committed is in the log of whoever can be elected from now on. Raft paper, 5.4.2. */
  private void requireForGood(Membership membership, long index, long term) {
    for (long candidate : membership.voters().union(membership.outgoing()).toList()) {
      DurableGroup log = durable(candidate);
      if (!machineByMember.containsKey(candidate) || (log != null && log.holds(index, term))) {
        continue;
      }
      LongPredicate votes =
          voter -> {
            DurableGroup own = durable(voter);
            return machineByMember.containsKey(voter) && (own == null || !own.isNewerThan(log));
          };
      if (isMajority(membership.voters(), votes)
          && (!membership.isJoint() || isMajority(membership.outgoing(), votes))) {
        throw new SimulationFailure(
            "entry %d of PD, term %d, is committed, but member %d could be elected without it"
                .formatted(index, term, candidate));
      }
    }
  }

  private static boolean isMajority(PeerSet voters, LongPredicate has) {
    long having = voters.toList().stream().filter(has::test).count();
    return having * 2 > voters.size();
  }

  private @Nullable DurableGroup durable(long member) {
    Machine machine = machineByMember.get(member);
    return machine == null ? null : logs.durable(machine, ID);
  }
}
