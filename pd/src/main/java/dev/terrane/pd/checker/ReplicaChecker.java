package dev.terrane.pd.checker;

import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.pd.operator.Step;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.store.StoreCondition;
import dev.terrane.pd.store.StoreView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the number of a Region's replicas as the rules say, and every replica on a store that is
 * there.
 *
 * <p>New replicas join as learners. Votes change so that no group rests at an even number of
 * voters: two learners that have caught up become voters in one joint change, and with two stores
 * the second replica stays a learner. A voter on a lost store hands its vote to a learner that has
 * caught up, in one joint change, before it is removed. Nothing shrinks because stores are missing.
 *
 * <p>Looks only at the Region as it is, never at what was meant before: an operator that was lost
 * half-way is found again as what is left to do.
 */
public final class ReplicaChecker {
  private static final int STORES_EXPLAINED_MAX = 8;

  private ReplicaChecker() {}

  public static Decision check(RegionInfo region, ClusterView cluster) {
    Peer leader = region.leader();
    if (leader == null) {
      return new Decision.Nothing("no leader is known");
    }
    if (region.isJoint()) {
      return new Decision.Change(
          "leave-joint", List.of(new Step.LeaveJoint()), "a joint change was left half-way");
    }
    Replicas replicas = Replicas.of(region, cluster);
    Decision decision = replaceVoter(replicas, leader);
    if (decision == null) {
      decision = removeLearner(replicas);
    }
    if (decision == null) {
      decision = promote(replicas);
    }
    if (decision == null) {
      decision = demote(replicas, leader);
    }
    if (decision == null) {
      decision = grow(region, replicas, cluster);
    }
    return decision;
  }

  /** A Region's peers by what they are good for. */
  private record Replicas(
      List<Peer> healthyVoters,
      List<Peer> fitToLead,
      List<Peer> lostVoters,
      List<Peer> readyLearners,
      List<Peer> behindLearners,
      List<Peer> lostLearners,
      int max) {
    static Replicas of(RegionInfo region, ClusterView cluster) {
      Replicas replicas =
          new Replicas(
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              cluster.rules().getReplicasMax());
      for (Peer peer : region.region().peers()) {
        StoreView store = cluster.store(peer.storeId());
        boolean voter = peer.role() == PeerRole.VOTER;
        if (store == null || store.condition().isLost()) {
          (voter ? replicas.lostVoters : replicas.lostLearners).add(peer);
        } else if (voter) {
          replicas.healthyVoters.add(peer);
          if (!isBehindOrAway(region, peer, store)) {
            replicas.fitToLead.add(peer);
          }
        } else if (isBehindOrAway(region, peer, store)) {
          replicas.behindLearners.add(peer);
        } else {
          replicas.readyLearners.add(peer);
        }
      }
      return replicas;
    }

    private static boolean isBehindOrAway(RegionInfo region, Peer peer, StoreView store) {
      return region.isPending(peer)
          || region.isDown(peer)
          || store.condition() != StoreCondition.UP;
    }

    int voters() {
      return healthyVoters.size() + lostVoters.size();
    }

    int healthy() {
      return healthyVoters.size() + readyLearners.size() + behindLearners.size();
    }

    /** The most voters that the rules allow. */
    int votersMax() {
      return oddAtMost(max);
    }
  }

  private static @Nullable Decision replaceVoter(Replicas replicas, Peer leader) {
    if (replicas.lostVoters.isEmpty() || replicas.readyLearners.isEmpty()) {
      return null;
    }
    Peer lost = replicas.lostVoters.getFirst();
    Peer heir = replicas.readyLearners.getFirst();
    String reason =
        "store %d of voter %d is lost; learner %d on store %d takes its vote"
            .formatted(lost.storeId(), lost.id(), heir.id(), heir.storeId());
    List<Step> steps = new ArrayList<>();
    if (lost.id() == leader.id()) {
      if (replicas.healthyVoters.isEmpty()) {
        // The only voter is the one to leave: its heir needs a vote before it can lead.
        return new Decision.Change(
            "replace-replica",
            List.of(new Step.PromoteLearner(heir), new Step.TransferLeader(heir)),
            reason);
      }
      if (replicas.fitToLead.isEmpty()) {
        return new Decision.Nothing(
            "store %d of voter %d, which leads, is lost; it waits for another voter that is there and has caught up"
                .formatted(lost.storeId(), lost.id()));
      }
      steps.add(new Step.TransferLeader(replicas.fitToLead.getFirst()));
    }
    if (replicas.voters() % 2 == 0) {
      steps.add(new Step.EnterJoint(List.of(), List.of(lost)));
    } else {
      steps.add(new Step.EnterJoint(List.of(heir), List.of(lost)));
    }
    steps.add(new Step.LeaveJoint());
    steps.add(new Step.RemovePeer(lost));
    return new Decision.Change("replace-replica", steps, reason);
  }

  private static @Nullable Decision removeLearner(Replicas replicas) {
    if (!replicas.lostLearners.isEmpty()) {
      Peer orphan = replicas.lostLearners.getFirst();
      return remove(
          orphan, "store %d of learner %d is lost".formatted(orphan.storeId(), orphan.id()));
    }
    if (replicas.healthy() > replicas.max
        && replicas.lostVoters.isEmpty()
        && !(replicas.readyLearners.isEmpty() && replicas.behindLearners.isEmpty())) {
      Peer spare =
          replicas.behindLearners.isEmpty()
              ? replicas.readyLearners.getLast()
              : replicas.behindLearners.getLast();
      return remove(
          spare, "there are %d replicas, %d at most".formatted(replicas.healthy(), replicas.max));
    }
    return null;
  }

  private static Decision remove(Peer peer, String reason) {
    return new Decision.Change("remove-replica", List.of(new Step.RemovePeer(peer)), reason);
  }

  private static @Nullable Decision promote(Replicas replicas) {
    int target =
        oddAtMost(
            Math.min(replicas.votersMax(), replicas.voters() + replicas.readyLearners.size()));
    int missing = target - replicas.voters();
    if (missing <= 0) {
      return null;
    }
    List<Peer> promoted = replicas.readyLearners.subList(0, missing);
    String reason =
        "%d learners have caught up: %d voters become %d"
            .formatted(replicas.readyLearners.size(), replicas.voters(), target);
    List<Step> steps =
        missing == 1
            ? List.of(new Step.PromoteLearner(promoted.getFirst()))
            : List.of(new Step.EnterJoint(promoted, List.of()), new Step.LeaveJoint());
    return new Decision.Change("promote-learners", steps, reason);
  }

  private static @Nullable Decision demote(Replicas replicas, Peer leader) {
    int target = oddAtMost(Math.min(replicas.votersMax(), replicas.voters()));
    int excess = replicas.voters() - target;
    if (excess <= 0) {
      return null;
    }
    List<Peer> candidates = new ArrayList<>(replicas.lostVoters);
    candidates.addAll(replicas.healthyVoters.reversed());
    candidates.removeIf(peer -> peer.id() == leader.id());
    if (candidates.size() < excess) {
      return null; // no group that there can be
    }
    List<Peer> demoted = candidates.subList(0, excess);
    return new Decision.Change(
        "demote-voters",
        List.of(new Step.EnterJoint(List.of(), demoted), new Step.LeaveJoint()),
        "there are %d voters; %d is the most that is odd and allowed"
            .formatted(replicas.voters(), target));
  }

  private static Decision grow(RegionInfo region, Replicas replicas, ClusterView cluster) {
    String has =
        "%d of %d replicas (%d voters)"
            .formatted(replicas.healthy(), replicas.max, replicas.healthyVoters.size());
    if (!replicas.behindLearners.isEmpty()) {
      Peer behind = replicas.behindLearners.getFirst();
      return new Decision.Nothing(
          "%s; learner %d on store %d has not caught up"
              .formatted(has, behind.id(), behind.storeId()));
    }
    if (replicas.healthy() >= replicas.max) {
      return new Decision.Nothing("has " + has + ", all healthy");
    }
    StoreView target = TargetStores.choose(region, cluster);
    if (target != null) {
      return new Decision.AddReplica(
          target.id(), "has %s; store %d can take one more".formatted(has, target.id()));
    }
    return new Decision.Nothing(
        "has %s, and no store can take one more: %s".formatted(has, refusals(region, cluster)));
  }

  private static String refusals(RegionInfo region, ClusterView cluster) {
    List<String> texts = new ArrayList<>();
    for (StoreView store : cluster.stores()) {
      if (texts.size() == STORES_EXPLAINED_MAX) {
        texts.add("and so on");
        break;
      }
      texts.add("store %d %s".formatted(store.id(), TargetStores.refusal(region, store, cluster)));
    }
    return texts.isEmpty() ? "there is none" : String.join("; ", texts);
  }

  private static int oddAtMost(int number) {
    return number % 2 == 0 ? number - 1 : number;
  }
}
