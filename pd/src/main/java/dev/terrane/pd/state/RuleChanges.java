package dev.terrane.pd.state;

import dev.terrane.proto.terranepd.Rules;
import dev.terrane.proto.terranepd.RulesChange;
import org.jspecify.annotations.Nullable;

/** What may stand in the rules, and how a part of them is changed. */
final class RuleChanges {
  private static final int REPLICAS_LIMIT = 7;
  private static final int RULES_BYTES_MAX = 4 << 10;

  /** A node that is restarted is silent for some seconds, and must not lose its place by that. */
  private static final long MEMBER_DOWN_MILLIS_MIN = 10_000;

  /** A healthy store sends a heartbeat every 10 s, and between two of them it is not down. */
  private static final long STORE_DOWN_MILLIS_MIN = 15_000;

  private RuleChanges() {}

  /** Clusters of older releases, and clients, do not know all of them. */
  static Rules withDefaults(Rules rules) {
    Rules.Builder whole = rules.toBuilder();
    if (rules.getPdVotersMax() == 0) {
      whole.setPdVotersMax(ClusterState.DEFAULT_RULES.getPdVotersMax());
    }
    if (rules.getPdMemberDownMaxMillis() == 0) {
      whole.setPdMemberDownMaxMillis(ClusterState.DEFAULT_RULES.getPdMemberDownMaxMillis());
    }
    return whole.build();
  }

  /** {@code rules} with what {@code change} says. */
  static Rules apply(RulesChange change, Rules rules) {
    Rules.Builder changed = rules.toBuilder();
    if (change.hasReplicasMax()) {
      changed.setReplicasMax(change.getReplicasMax());
    }
    if (change.hasStoreDownMaxMillis()) {
      changed.setStoreDownMaxMillis(change.getStoreDownMaxMillis());
    }
    if (change.hasPdVotersMax()) {
      changed.setPdVotersMax(change.getPdVotersMax());
    }
    if (change.hasPdMemberDownMaxMillis()) {
      changed.setPdMemberDownMaxMillis(change.getPdMemberDownMaxMillis());
    }
    return changed.build();
  }

  /** Why {@code rules} cannot hold; null if they can. */
  static @Nullable String whatIsWrong(Rules rules) {
    int replicas = rules.getReplicasMax();
    if (replicas < 1 || replicas > REPLICAS_LIMIT || replicas % 2 == 0) {
      return ("max-replicas is %d; a Region has 1, 3, 5 or 7, since an even number is no safer than"
              + " the odd one below it")
          .formatted(replicas);
    }
    if (rules.getSerializedSize() > RULES_BYTES_MAX) {
      return "the rules have %d bytes, at most %d: fewer or shorter labels"
          .formatted(rules.getSerializedSize(), RULES_BYTES_MAX);
    }
    if (rules.getStoreDownMaxMillis() < STORE_DOWN_MILLIS_MIN) {
      return "max-store-down-time is at least %d seconds".formatted(STORE_DOWN_MILLIS_MIN / 1000);
    }
    if (rules.getOperatorsPerStoreMax() <= 0) {
      return "operators-per-store-max must be greater than 0";
    }
    int voters = rules.getPdVotersMax();
    if (voters != 0 && voters != 1 && voters != 3 && voters != 5) {
      return "PD has 1, 3 or 5 members, not " + Integer.toUnsignedString(voters);
    }
    long downMillis = rules.getPdMemberDownMaxMillis();
    return downMillis != 0 && (downMillis < MEMBER_DOWN_MILLIS_MIN)
        ? "max-pd-member-down-time is at least %d seconds".formatted(MEMBER_DOWN_MILLIS_MIN / 1000)
        : null;
  }
}
