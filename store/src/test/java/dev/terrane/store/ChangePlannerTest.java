package dev.terrane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.WriteBatch;
import dev.terrane.proto.eraftpb.ConfChangeType;
import dev.terrane.proto.pdpb.ChangePeer;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Entry;
import dev.terrane.raft.EntryKind;
import dev.terrane.store.wire.AppliedPosition;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Epoch rules of tikv-protocol 8.2, and the Region that results. */
class ChangePlannerTest {
  private static final Peer ONE = Peer.voter(11, 1);
  private static final Peer TWO = Peer.voter(12, 2);
  private static final Peer THREE = Peer.learner(13, 3);

  private static Region region(Peer... peers) {
    return new Region(1, KeyRange.ALL, new RegionEpoch(5, 2), List.of(peers));
  }

  private static ChangePeer wish(ConfChangeType type, long peerId, long storeId) {
    return ChangePeer.newBuilder()
        .setChangeType(type)
        .setPeer(FakePd.peer(peerId, storeId))
        .build();
  }

  /** What the applier makes of a planned change. */
  private static Region applied(Region region, ConfChange change) {
    ApplyPeer peer = new ApplyPeer(1, 11, region, new AppliedPosition(9, 1));
    Entry entry = new Entry(10, 1, EntryKind.CONF_CHANGE, change.encode());
    return Objects.requireNonNull(RegionChanges.apply(peer, entry, new WriteBatch())).region();
  }

  @Test
  void aSingleChangeRaisesConfVerByOne() throws Exception {
    Region before = region(ONE, TWO);
    ConfChange change =
        ChangePlanner.plan(before, List.of(wish(ConfChangeType.AddLearnerNode, 13, 3)));

    assertThat(change).isInstanceOf(ConfChange.Single.class);
    assertThat(applied(before, change))
        .isEqualTo(before.withPeers(List.of(ONE, TWO, THREE), new RegionEpoch(6, 2)));
  }

  @Test
  void aLearnerIsPromotedAndAPeerRemoved() throws Exception {
    Region before = region(ONE, TWO, THREE);
    assertThat(
            applied(
                    before,
                    ChangePlanner.plan(before, List.of(wish(ConfChangeType.AddNode, 13, 3))))
                .peers())
        .containsExactly(ONE, TWO, Peer.voter(13, 3));
    assertThat(
            applied(
                    before,
                    ChangePlanner.plan(before, List.of(wish(ConfChangeType.RemoveNode, 12, 2))))
                .peers())
        .containsExactly(ONE, THREE);
  }

  @Test
  void severalChangesEnterAJointChangeAndNoneLeavesIt() throws Exception {
    Region before = region(ONE, TWO, THREE);
    ConfChange enter =
        ChangePlanner.plan(
            before,
            List.of(
                wish(ConfChangeType.AddNode, 13, 3),
                wish(ConfChangeType.AddLearnerNode, 12, 2),
                wish(ConfChangeType.AddNode, 14, 4)));
    assertThat(((ConfChange.EnterJoint) enter).changes())
        .containsExactly(Change.addVoter(13), Change.addLearner(12), Change.addVoter(14));

    Region joint = applied(before, enter);
    assertThat(joint.epoch()).isEqualTo(new RegionEpoch(8, 2));
    assertThat(joint.peers())
        .extracting(Peer::role)
        .containsExactly(
            PeerRole.VOTER,
            PeerRole.DEMOTING_VOTER,
            PeerRole.INCOMING_VOTER,
            PeerRole.INCOMING_VOTER);
    assertThat(Memberships.of(joint).isJoint()).isTrue();

    Region after = applied(joint, ChangePlanner.plan(joint, List.of()));
    assertThat(after.epoch()).isEqualTo(new RegionEpoch(11, 2));
    assertThat(after.peers())
        .extracting(Peer::role)
        .containsExactly(PeerRole.VOTER, PeerRole.LEARNER, PeerRole.VOTER, PeerRole.VOTER);
  }

  @Test
  void aChangeDecidedOnAnotherEpochChangesNothing() throws Exception {
    Region before = region(ONE, TWO);
    ConfChange change = ChangePlanner.plan(before, List.of(wish(ConfChangeType.RemoveNode, 12, 2)));
    Region later = before.withPeers(before.peers(), new RegionEpoch(6, 2));
    ApplyPeer peer = new ApplyPeer(1, 11, later, new AppliedPosition(9, 1));
    WriteBatch batch = new WriteBatch();

    assertThat(
            RegionChanges.apply(
                peer, new Entry(10, 1, EntryKind.CONF_CHANGE, change.encode()), batch))
        .isNull();
    assertThat(batch.isEmpty()).isTrue();
    assertThat(peer.region).isEqualTo(later);
  }

  @Test
  void refusesWhatMakesNoSense() {
    Region region = region(ONE, TWO, THREE);
    refused(region, "voter already", wish(ConfChangeType.AddNode, 12, 2));
    refused(region, "learner already", wish(ConfChangeType.AddLearnerNode, 13, 3));
    refused(region, "no member", wish(ConfChangeType.RemoveNode, 99, 9));
    refused(region, "has peer 12 already", wish(ConfChangeType.AddNode, 15, 2));
    refused(region, "is on store 2", wish(ConfChangeType.RemoveNode, 12, 7));
    refused(region, "peer 0", wish(ConfChangeType.AddNode, 0, 4));
    refused(region, "no joint change");
    refused(
        region,
        "demoted before",
        wish(ConfChangeType.RemoveNode, 12, 2),
        wish(ConfChangeType.AddNode, 13, 3));
    Region joint = region(ONE, new Peer(12, 2, PeerRole.INCOMING_VOTER));
    refused(joint, "must end first", wish(ConfChangeType.AddNode, 13, 3));
  }

  private static void refused(Region region, String why, ChangePeer... wishes) {
    assertThatThrownBy(() -> ChangePlanner.plan(region, List.of(wishes)))
        .isInstanceOf(ChangePlanner.Impossible.class)
        .hasMessageContaining(why);
  }
}
