package dev.terrane.pd.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.metapb.Peer;
import dev.terrane.proto.metapb.Region;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.terranepd.Barrier;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.KeyMode;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.Rules;
import dev.terrane.proto.terranepd.State;
import dev.terrane.raft.Membership;
import dev.terrane.raft.PeerSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The state machine alone: what commands come to, and that its encoded form has everything. */
class ClusterStateTest {
  private final ClusterState state =
      ClusterState.create(42, Member.newBuilder().setId(7).setName("pd-1").build());

  private Outcome apply(Command.Builder command) {
    return state.apply(ClusterState.encode(command));
  }

  private void bootstrap() {
    Command.Builder command = Command.newBuilder();
    command
        .getBootstrapBuilder()
        .setStore(Store.newBuilder().setId(4).setAddress("a:1").setVersion("8.5.0"))
        .setRegion(Region.newBuilder().setId(5).addPeers(Peer.newBuilder().setId(6).setStoreId(4)))
        .setNowMillis(1_000);
    assertThat(apply(command)).isEqualTo(Outcome.DONE);
  }

  private Outcome reserve(long count) {
    Command.Builder command = Command.newBuilder();
    command.getReserveIdsBuilder().setCount(count);
    return apply(command);
  }

  @Test
  void idsAreReservedAboveEverythingTakenBefore() {
    assertThat(reserve(3)).isEqualTo(new Outcome.Ids(1, 3));
    bootstrap(); // by a store that had ids of its own
    assertThat(reserve(10)).isEqualTo(new Outcome.Ids(7, 16));
  }

  @Test
  void theTimestampBoundNeverGoesBack() {
    for (long bound : new long[] {500, 900, 700}) {
      Command.Builder command = Command.newBuilder();
      command.getSaveTimestampBoundBuilder().setBoundMillis(bound);
      apply(command);
    }
    assertThat(state.timestampBoundMillis()).isEqualTo(900);
  }

  private Outcome setStoreState(StoreState to, boolean destroyed) {
    Command.Builder command = Command.newBuilder();
    command.getSetStoreStateBuilder().setStoreId(4).setState(to).setPhysicallyDestroyed(destroyed);
    return apply(command);
  }

  private Store store() {
    return Objects.requireNonNull(state.stores().get(4));
  }

  /** Each was decided on a state that the other was about to change. */
  @Test
  void aStoreThatIsToBeKeptAfterAllIsNotBuried() {
    bootstrap();
    assertThat(setStoreState(StoreState.Offline, false)).isEqualTo(Outcome.DONE);
    assertThat(setStoreState(StoreState.Up, false)).isEqualTo(Outcome.DONE);
    assertThat(setStoreState(StoreState.Tombstone, false)).isInstanceOf(Outcome.Refused.class);
    assertThat(store().getState()).isEqualTo(StoreState.Up);
  }

  @Test
  void aStoreThatIsDestroyedIsNotKept() {
    bootstrap();
    assertThat(setStoreState(StoreState.Offline, true)).isEqualTo(Outcome.DONE);
    assertThat(setStoreState(StoreState.Up, false)).isInstanceOf(Outcome.Refused.class);
    assertThat(store().getState()).isEqualTo(StoreState.Offline);
    assertThat(setStoreState(StoreState.Tombstone, false)).isEqualTo(Outcome.DONE);
    assertThat(store().getState()).isEqualTo(StoreState.Tombstone);
  }

  @Test
  void rulesThatMakeNoSenseAreRefusedAndChangeNothing() {
    Rules before = state.rules();
    assertThat(apply(Command.newBuilder().setSetRules(before.toBuilder().setReplicasMax(0))))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(apply(Command.newBuilder().setSetRules(before.toBuilder().setReplicasMax(99))))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(apply(Command.newBuilder().setSetRules(before.toBuilder().setReplicasMax(2))))
        .as("an even number, as in a configuration file")
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.text()).contains("max-replicas is 2; a Region has 1, 3, 5"));
    assertThat(apply(Command.newBuilder().setSetRules(before.toBuilder().setStoreDownMaxMillis(0))))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(apply(Command.newBuilder().setSetRules(before.toBuilder().setStoreDownMaxMillis(8))))
        .as("less than the time between two heartbeats of a healthy store")
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.text()).contains("max-store-down-time is at least 15 seconds"));
    Command.Builder change = Command.newBuilder();
    change.getChangeRulesBuilder().setStoreDownMaxMillis(14_999);
    assertThat(apply(change)).isInstanceOf(Outcome.Refused.class);
    Rules.Builder labels = before.toBuilder();
    for (int i = 0; i < 5000; i++) {
      labels.addLocationLabels("label-" + i);
    }
    assertThat(apply(Command.newBuilder().setSetRules(labels)))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.text()).contains("at most 4096"));
    assertThat(state.rules()).isEqualTo(before);
  }

  @Test
  void theEncodedFormHasEverything() {
    bootstrap();
    reserve(10);
    Command.Builder command = Command.newBuilder();
    command.getSaveTimestampBoundBuilder().setBoundMillis(900);
    apply(command);
    apply(Command.newBuilder().setDecideKeyMode(KeyMode.RAW));
    apply(Command.newBuilder().setSetRules(state.rules().toBuilder().setReplicasMax(5)));
    command = Command.newBuilder();
    command.getAdvanceTxnSafePointBuilder().setTarget(30);
    apply(command);
    command = Command.newBuilder();
    command
        .getSetBarrierBuilder()
        .setBarrier(Barrier.newBuilder().setId("b").setTs(40).setExpiresAtMillis(99));
    apply(command);
    command = Command.newBuilder();
    command
        .getEtcdPutBuilder()
        .setKey(ByteString.copyFromUtf8("/tidb/store/gcworker/saved_safe_point"))
        .setValue(ByteString.copyFromUtf8("30"));
    apply(command);
    apply(Command.newBuilder().setPutMember(Member.newBuilder().setId(8).setName("pd-2")));
    state.membershipChanged(Membership.of(PeerSet.of(7), PeerSet.of(8)));
    state.applied(20, 3);

    ClusterState copy = ClusterState.decode(state.encode());
    assertThat(copy.encode()).isEqualTo(state.encode());
    assertThat(copy.clusterId()).isEqualTo(42);
    assertThat(copy.appliedIndex()).isEqualTo(20);
    assertThat(copy.appliedTerm()).isEqualTo(3);
    assertThat(copy.membership()).isEqualTo(state.membership());
    assertThat(copy.members().all()).hasSize(2);
    assertThat(copy.isBootstrapped()).isTrue();
    assertThat(copy.idHighWater()).isEqualTo(16);
    assertThat(copy.timestampBoundMillis()).isEqualTo(900);
    assertThat(copy.keyMode()).isEqualTo(KeyMode.RAW);
    assertThat(copy.rules().getReplicasMax()).isEqualTo(5);
    assertThat(copy.stores().get(4)).isNotNull();
    assertThat(copy.keyspaces().named("DEFAULT")).isNotNull();
    assertThat(copy.safePoints().txnSafePoint()).isEqualTo(30);
    assertThat(copy.safePoints().barriers(0)).hasSize(1);
    assertThat(copy.etcd().revision()).isEqualTo(1);
  }

  @Test
  void membersThatLeftTheGroupAreForgotten() {
    apply(Command.newBuilder().setPutMember(Member.newBuilder().setId(8).setName("pd-2")));
    state.membershipChanged(Membership.ofVoters(8));
    assertThat(state.members().all()).extracting(Member::getId).containsExactly(8L);
  }

  /** Both were let in when neither was known: the log decides their order, not their starts. */
  @Test
  void anEarlierStartOfAMemberThatComesLaterInTheLogChangesNothing() {
    Member later = Member.newBuilder().setId(8).setName("pd-2").setStarts(5).build();
    Member earlier = later.toBuilder().setStarts(4).addPeerUrls("http://old:1").build();
    assertThat(apply(Command.newBuilder().setPutMember(later))).isEqualTo(Outcome.DONE);
    assertThat(apply(Command.newBuilder().setPutMember(earlier)))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(state.members().get(8)).isEqualTo(later);
    assertThat(apply(Command.newBuilder().setPutMember(later.toBuilder().setStarts(6))))
        .isEqualTo(Outcome.DONE);
  }

  @Test
  void aStoreSaysABoundedMuchOfItself() {
    bootstrap();
    Store.Builder store = Store.newBuilder().setId(9).setAddress("a:1").setVersion("8.5.0");
    store.addLabelsBuilder().setKey("zone").setValue("z".repeat(20_000));
    Command.Builder command = Command.newBuilder();
    command.getPutStoreBuilder().setStore(store);
    assertThat(apply(command))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.text()).contains("at most 16384", "shorter labels"));
    assertThat(state.stores().get(9)).isNull();
  }

  @Test
  void aNewerFormatIsRefusedByName() {
    Bytes newerState =
        ProtoBytes.toBytes(State.newBuilder().setFormatVersion(2).build().toByteString());
    assertThatThrownBy(() -> ClusterState.decode(newerState))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    Bytes newerCommand =
        ProtoBytes.toBytes(Command.newBuilder().setFormatVersion(2).build().toByteString());
    assertThatThrownBy(() -> state.apply(newerCommand))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void bytesThatAreNoStateAreRefused() {
    assertThatThrownBy(() -> ClusterState.decode(Bytes.of(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("malformed");
  }
}
