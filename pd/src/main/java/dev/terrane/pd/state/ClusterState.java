package dev.terrane.pd.state;

import static dev.terrane.common.Invariant.check;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.keyspacepb.KeyspaceMeta;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.Rules;
import dev.terrane.proto.terranepd.State;
import dev.terrane.raft.Membership;
import org.jspecify.annotations.Nullable;

/**
 * Everything that PD's members replicate, as of one applied index.
 *
 * <p>Confined to the member's thread. A crash loses nothing: it is rebuilt from the last snapshot
 * and the log behind it. Commands are decided here, when they are applied.
 */
public final class ClusterState {
  /** Of snapshots and commands. */
  public static final int FORMAT_VERSION = 1;

  /** What a new cluster begins with. */
  public static final Rules DEFAULT_RULES =
      Rules.newBuilder()
          .setReplicasMax(3)
          .setStoreDownMaxMillis(30 * 60 * 1000L)
          .addLocationLabels("zone")
          .addLocationLabels("rack")
          .addLocationLabels("host")
          .setOperatorsPerStoreMax(8)
          .setPdVotersMax(3)
          .setPdMemberDownMaxMillis(5 * 60 * 1000L)
          .build();

  private final long clusterId;
  private final StoreTable stores;
  private final SafePointTable safePoints;
  private final EtcdTable etcd;
  private final MemberTable members;
  private final KeyspaceTable keyspaces;
  private long appliedIndex;
  private long appliedTerm;
  private Membership membership;
  private @Nullable Region firstRegion;
  private long idHighWater;
  private long timestampBoundMillis;
  private Rules rules;
  private KeyMode keyMode;

  private ClusterState(State state) {
    clusterId = state.getClusterId();
    appliedIndex = state.getAppliedIndex();
    appliedTerm = state.getAppliedTerm();
    membership = Memberships.fromProto(state.getMembership());
    firstRegion = state.hasFirstRegion() ? state.getFirstRegion() : null;
    idHighWater = state.getIdHighWater();
    timestampBoundMillis = state.getTimestampBoundMillis();
    rules = RuleChanges.withDefaults(state.getRules());
    keyMode = state.getKeyMode();
    stores = new StoreTable(state.getStoresList());
    safePoints = new SafePointTable(state.getGcScope());
    etcd = new EtcdTable(state.getEtcdRecordsList(), state.getEtcdRevision());
    members = new MemberTable(state.getMembersList());
    keyspaces = new KeyspaceTable(state.getKeyspacesList());
  }

  /**
   * A new cluster whose only member is {@code first}, as of the log position {@code (1, 1)}. Later
   * members get it as a snapshot.
   */
  public static ClusterState create(long clusterId, Member first) {
    check(clusterId != 0, "cluster id %d", clusterId);
    return new ClusterState(
        State.newBuilder()
            .setFormatVersion(FORMAT_VERSION)
            .setAppliedIndex(1)
            .setAppliedTerm(1)
            .setMembership(Memberships.toProto(Membership.ofVoters(first.getId())))
            .addMembers(first)
            .setClusterId(clusterId)
            .setRules(DEFAULT_RULES)
            .build());
  }

  /**
   * The state that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is malformed or of a newer format, saying which
   */
  public static ClusterState decode(Bytes encoded) {
    try {
      State state = State.parseFrom(ProtoBytes.toByteString(encoded));
      if (state.getFormatVersion() != FORMAT_VERSION) {
        throw new IllegalArgumentException(
            "PD state of format %d, this release reads %d"
                .formatted(state.getFormatVersion(), FORMAT_VERSION));
      }
      return new ClusterState(state);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("PD state is malformed", e);
    }
  }

  public Bytes encode() {
    State.Builder state =
        State.newBuilder()
            .setFormatVersion(FORMAT_VERSION)
            .setAppliedIndex(appliedIndex)
            .setAppliedTerm(appliedTerm)
            .setMembership(Memberships.toProto(membership))
            .addAllMembers(members.all())
            .setClusterId(clusterId)
            .setIdHighWater(idHighWater)
            .setTimestampBoundMillis(timestampBoundMillis)
            .addAllStores(stores.all())
            .setRules(rules)
            .setKeyMode(keyMode)
            .addAllKeyspaces(keyspaces.all())
            .setGcScope(safePoints.toProto())
            .addAllEtcdRecords(etcd.all())
            .setEtcdRevision(etcd.revision());
    if (firstRegion != null) {
      state.setFirstRegion(firstRegion);
    }
    return ProtoBytes.toBytes(state.build().toByteString());
  }

  // ---- applying

  /** The bytes of {@code command}, for a log entry. */
  public static Bytes encode(Command.Builder command) {
    return ProtoBytes.toBytes(command.setFormatVersion(FORMAT_VERSION).build().toByteString());
  }

  /**
   * Applies the command of a committed entry. Entries are applied in order, each once.
   *
   * @throws IllegalArgumentException if it is malformed or of a newer format: the member must stop
   */
  public Outcome apply(Bytes data) {
    Command command;
    try {
      command = Command.parseFrom(ProtoBytes.toByteString(data));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("PD command is malformed", e);
    }
    if (command.getFormatVersion() != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "PD command of format %d, this release reads %d"
              .formatted(command.getFormatVersion(), FORMAT_VERSION));
    }
    return switch (command.getChangeCase()) {
      case BOOTSTRAP -> bootstrap(command.getBootstrap());
      case RESERVE_IDS -> reserveIds(command.getReserveIds().getCount());
      case SAVE_TIMESTAMP_BOUND -> {
        timestampBoundMillis =
            Math.max(timestampBoundMillis, command.getSaveTimestampBound().getBoundMillis());
        yield Outcome.DONE;
      }
      case PUT_STORE -> firstRegion == null ? notBootstrapped() : stores.put(command.getPutStore());
      case SET_STORE_STATE -> stores.setState(command.getSetStoreState());
      case SET_RULES -> setRules(command.getSetRules());
      case DECIDE_KEY_MODE -> decideKeyMode(command.getDecideKeyMode());
      case ADVANCE_TXN_SAFE_POINT -> safePoints.advanceTxn(command.getAdvanceTxnSafePoint());
      case ADVANCE_GC_SAFE_POINT -> safePoints.advanceGc(command.getAdvanceGcSafePoint());
      case SET_BARRIER -> safePoints.setBarrier(command.getSetBarrier());
      case DELETE_BARRIER -> safePoints.deleteBarrier(command.getDeleteBarrier());
      case ETCD_PUT -> etcd.put(command.getEtcdPut());
      case PUT_MEMBER -> members.put(command.getPutMember());
      case CHANGE_RULES -> setRules(RuleChanges.apply(command.getChangeRules(), rules));
      case CHANGE_NOT_SET ->
          throw new IllegalArgumentException("PD command of a kind that this release lacks");
    };
  }

  /** Notes that everything through {@code index} is applied. */
  public void applied(long index, long term) {
    check(index > appliedIndex, "applied %d after %d", index, appliedIndex);
    appliedIndex = index;
    appliedTerm = term;
  }

  /** A membership change is applied: members that no longer belong to the group are forgotten. */
  public void membershipChanged(Membership changed) {
    membership = changed;
    members.keep(changed);
  }

  private Outcome bootstrap(Command.Bootstrap command) {
    Store store = command.getStore();
    Region region = command.getRegion();
    if (firstRegion != null) {
      // The same store may ask again, when the answer to its first call was lost.
      return firstRegion.equals(region) && stores.get(store.getId()) != null
          ? Outcome.DONE
          : new Outcome.Refused(ErrorType.ALREADY_BOOTSTRAPPED, "cluster is already bootstrapped");
    }
    Outcome outcome = stores.put(Command.PutStore.newBuilder().setStore(store).build());
    if (outcome instanceof Outcome.Refused) {
      return outcome;
    }
    firstRegion = region;
    idHighWater = Math.max(idHighWater, Math.max(store.getId(), region.getId()));
    idHighWater = Math.max(idHighWater, region.getPeers(0).getId());
    keyspaces.add(
        KeyspaceMeta.newBuilder()
            .setId(0)
            .setName("DEFAULT")
            .setCreatedAt(command.getNowMillis() / 1000)
            .setStateChangedAt(command.getNowMillis() / 1000)
            .build());
    return Outcome.DONE;
  }

  private static Outcome notBootstrapped() {
    return new Outcome.Refused(ErrorType.NOT_BOOTSTRAPPED, "cluster is not bootstrapped");
  }

  private Outcome reserveIds(long count) {
    check(count > 0, "reservation of %d ids", count);
    long first = idHighWater + 1;
    idHighWater += count;
    return new Outcome.Ids(first, idHighWater);
  }

  private Outcome setRules(Rules wanted) {
    String wrong = RuleChanges.whatIsWrong(wanted);
    if (wrong != null) {
      return new Outcome.Refused(ErrorType.INVALID_VALUE, wrong);
    }
    rules = RuleChanges.withDefaults(wanted);
    return Outcome.DONE;
  }

  private Outcome decideKeyMode(KeyMode wanted) {
    if (keyMode == KeyMode.UNDECIDED) {
      keyMode = wanted;
    }
    return new Outcome.Mode(keyMode);
  }

  // ---- reading

  public long clusterId() {
    return clusterId;
  }

  public long appliedIndex() {
    return appliedIndex;
  }

  public long appliedTerm() {
    return appliedTerm;
  }

  public Membership membership() {
    return membership;
  }

  /** The Region that the cluster began with; null until it is bootstrapped. */
  public @Nullable Region firstRegion() {
    return firstRegion;
  }

  public boolean isBootstrapped() {
    return firstRegion != null;
  }

  /** No id up to this one is handed out by a leader that starts now. */
  public long idHighWater() {
    return idHighWater;
  }

  /** No timestamp with a physical part at or above this one has been handed out. */
  public long timestampBoundMillis() {
    return timestampBoundMillis;
  }

  public Rules rules() {
    return rules;
  }

  /** How many of PD's members are to vote; odd. */
  public int pdVotersMax() {
    return rules.getPdVotersMax();
  }

  /** How long a member of PD may be silent before another takes its place. */
  public long pdMemberDownMaxMillis() {
    return rules.getPdMemberDownMaxMillis();
  }

  public KeyMode keyMode() {
    return keyMode;
  }

  public StoreTable stores() {
    return stores;
  }

  public SafePointTable safePoints() {
    return safePoints;
  }

  public EtcdTable etcd() {
    return etcd;
  }

  public MemberTable members() {
    return members;
  }

  public KeyspaceTable keyspaces() {
    return keyspaces;
  }
}
