package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.etcdserverpb.MemberListRequest;
import dev.terrane.proto.etcdserverpb.MemberListResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetClusterInfoRequest;
import dev.terrane.proto.pdpb.GetClusterInfoResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.ServiceMode;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Command;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import dev.terrane.raft.Change;
import dev.terrane.raft.ConfChange;
import dev.terrane.raft.Membership;
import dev.terrane.raft.Status;
import dev.terrane.raft.Status.PeerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** PD's members: who they are, and how they come and go. Confined to the member's thread. */
final class MemberCalls {
  private static final int MEMBERS_MAX = 9;

  private final PdMember member;

  MemberCalls(PdMember member) {
    this.member = member;
  }

  // ---- answered by any member

  void getMembers(GetMembersRequest request, PdReply<GetMembersResponse> reply) {
    ClusterState state = member.stateOrThrow();
    GetMembersResponse.Builder response =
        GetMembersResponse.newBuilder().setHeader(Headers.ok(state.clusterId()));
    for (Member each : state.members().all()) {
      response.addMembers(toPd(each));
    }
    Member leader = state.members().get(member.raft().leaderId());
    if (leader != null) {
      response.setLeader(toPd(leader)).setEtcdLeader(toPd(leader));
    }
    reply.answer(response.build());
  }

  /**
   * Where this member itself is, it knows better than the state, which may be of its last start.
   */
  private dev.terrane.proto.pdpb.Member toPd(Member each) {
    boolean own = each.getId() == member.raft().memberId();
    return dev.terrane.proto.pdpb.Member.newBuilder()
        .setName(each.getName())
        .setMemberId(each.getId())
        .addAllPeerUrls(own ? member.config().peerUrls() : each.getPeerUrlsList())
        .addAllClientUrls(own ? member.config().clientUrls() : each.getClientUrlsList())
        .build();
  }

  void getClusterInfo(GetClusterInfoRequest request, PdReply<GetClusterInfoResponse> reply) {
    reply.answer(
        GetClusterInfoResponse.newBuilder()
            .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
            .addServiceModes(ServiceMode.PD_SVC_MODE)
            .build());
  }

  /**
   * Learners are listed as full members: clients drop learners, and these answer like any other.
   */
  void memberList(MemberListRequest request, PdReply<MemberListResponse> reply) {
    ClusterState state = member.stateOrThrow();
    MemberListResponse.Builder response = MemberListResponse.newBuilder();
    response
        .getHeaderBuilder()
        .setClusterId(state.clusterId())
        .setMemberId(member.raft().memberId())
        .setRaftTerm(member.raft().term());
    for (Member each : state.members().all()) {
      response
          .addMembersBuilder()
          .setID(each.getId())
          .setName(each.getName())
          .addAllPeerURLs(each.getPeerUrlsList())
          .addAllClientURLs(each.getClientUrlsList());
    }
    reply.answer(response.build());
  }

  void listMembers(ListMembersRequest request, PdReply<ListMembersResponse> reply) {
    reply.answer(
        ListMembersResponse.newBuilder()
            .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
            .addAllMembers(statuses())
            .build());
  }

  private List<MemberStatus> statuses() {
    Status status = member.raft().status();
    List<MemberStatus> statuses = new ArrayList<>();
    for (Member each : member.stateOrThrow().members().all()) {
      MemberStatus.Builder builder =
          MemberStatus.newBuilder()
              .setMember(each)
              .setVoter(status.membership().isVoter(each.getId()))
              .setLeader(status.leaderId() == each.getId());
      if (each.getId() == status.peerId()) {
        builder.setMatchIndex(status.persistedIndex()).setRecentlyActive(true);
      }
      PeerStatus progress = progressOf(each.getId(), status);
      if (progress != null) {
        builder.setMatchIndex(progress.matchIndex()).setRecentlyActive(progress.recentlyActive());
      }
      statuses.add(builder.build());
    }
    return statuses;
  }

  private static @Nullable PeerStatus progressOf(long memberId, Status status) {
    for (PeerStatus progress : status.peers()) {
      if (progress.peerId() == memberId) {
        return progress;
      }
    }
    return null;
  }

  private static LongPredicate caughtUpIn(Status status) {
    return memberId -> {
      PeerStatus progress = progressOf(memberId, status);
      return progress != null
          && progress.recentlyActive()
          && progress.matchIndex() >= status.hardState().commit();
    };
  }

  // ---- coming

  boolean addMember(AddMemberRequest request, PdReply<AddMemberResponse> reply) {
    ClusterState state = member.stateOrThrow();
    Member newcomer = request.getMember();
    String refusal = whatIsWrong(newcomer);
    Member other = state.members().inPlaceOf(newcomer);
    if (refusal == null && other != null) {
      refusal = stillThere(other);
    }
    Member known = state.members().get(newcomer.getId());
    if (refusal == null && known == null && state.members().all().size() >= MEMBERS_MAX) {
      refusal = "there are %d PD members already".formatted(MEMBERS_MAX);
    }
    if (refusal != null) {
      reply.answer(
          AddMemberResponse.newBuilder()
              .setHeader(Headers.error(state.clusterId(), ErrorType.DUPLICATED_ENTRY, refusal))
              .build());
      return true;
    }
    if (known == null) {
      long replaces = other == null ? 0 : other.getId();
      return addLearner(newcomer.toBuilder().setReplaces(replaces).build(), reply);
    }
    Member updated = newcomer.toBuilder().setReplaces(known.getReplaces()).build();
    if (known.equals(updated)) {
      reply.answer(added());
      return true;
    }
    member.replicate(Command.newBuilder().setPutMember(updated), reply, outcome -> added());
    return true;
  }

  private static @Nullable String whatIsWrong(Member newcomer) {
    if (newcomer.getId() <= 0) {
      return "a PD member's id is positive";
    }
    if (newcomer.getName().isEmpty()) {
      return "a PD member needs a name";
    }
    return newcomer.getPeerUrlsCount() == 0 || newcomer.getClientUrlsCount() == 0
        ? "PD member %s needs a peer URL and a client URL".formatted(newcomer.getName())
        : null;
  }

  /**
   * A member whose name or address the newcomer has must be gone; the newcomer replaces it then.
   */
  private @Nullable String stillThere(Member other) {
    Status status = member.raft().status();
    PeerStatus progress = progressOf(other.getId(), status);
    boolean alive =
        other.getId() == status.peerId() || (progress != null && progress.recentlyActive());
    return alive
        ? "PD member %s (%d) has the same name or peer URL, and is alive"
            .formatted(other.getName(), other.getId())
        : null;
  }

  private boolean addLearner(Member newcomer, PdReply<AddMemberResponse> reply) {
    Bytes context = ClusterState.encode(Command.newBuilder().setPutMember(newcomer));
    ConfChange change = new ConfChange.Single(Change.addLearner(newcomer.getId()), context);
    return member.raft().proposeMembership(change, answering(reply, this::added));
  }

  private AddMemberResponse added() {
    return AddMemberResponse.newBuilder()
        .setHeader(Headers.ok(member.stateOrThrow().clusterId()))
        .addAllMembers(statuses())
        .build();
  }

  private <T> MemberRaft.Proposal answering(
      PdReply<T> reply, java.util.function.Supplier<T> answer) {
    return new MemberRaft.Proposal() {
      @Override
      public void applied(Outcome outcome) {
        reply.answer(answer.get());
      }

      @Override
      public void lost() {
        reply.refuse(member.notLeader());
      }
    };
  }

  // ---- going

  boolean removeMember(RemoveMemberRequest request, PdReply<RemoveMemberResponse> reply) {
    ClusterState state = member.stateOrThrow();
    long removed = request.getMemberId();
    Status status = member.raft().status();
    Membership membership = status.membership();
    RemoveMemberResponse.Builder response = RemoveMemberResponse.newBuilder();
    if (!membership.contains(removed)) {
      reply.answer(response.setHeader(Headers.ok(state.clusterId())).build());
      return true;
    }
    if (membership.isJoint()) {
      return false;
    }
    if (membership.isSoleVoter(removed)) {
      reply.answer(
          response
              .setHeader(
                  Headers.error(
                      state.clusterId(),
                      ErrorType.INVALID_VALUE,
                      "PD member %d is the only voter".formatted(removed)))
              .build());
      return true;
    }
    if (removed == status.peerId()) {
      handOver(status);
      reply.refuse(new PdRefusal.NotLeader(null)); // to be asked of the next leader
      return true;
    }
    ConfChange change =
        MembershipPlanner.removal(membership, removed, status.peerId(), caughtUpIn(status));
    return member
        .raft()
        .proposeMembership(
            change,
            answering(reply, () -> response.setHeader(Headers.ok(state.clusterId())).build()));
  }

  private void handOver(Status status) {
    for (long voter : status.membership().voters().toList()) {
      if (voter != status.peerId() && caughtUpIn(status).test(voter)) {
        member.raft().transferLeader(voter);
        return;
      }
    }
  }

  /** Whether the group is as it should be: nobody waits to become a voter, or to go. */
  boolean isAtRest() {
    Membership membership = member.raft().status().membership();
    return !membership.isJoint()
        && membership.learners().isEmpty()
        && membership.all().size() == member.stateOrThrow().members().all().size();
  }

  /** Takes the next step towards the group that should be. */
  void onTick(Leadership leadership) {
    Status status = member.raft().status();
    ConfChange next =
        MembershipPlanner.next(
            status.membership(), member.stateOrThrow().members().all(), caughtUpIn(status));
    if (next == null) {
      return;
    }
    // Refused while another change is under way; the next tick asks again.
    boolean _ =
        member
            .raft()
            .proposeMembership(
                next,
                new MemberRaft.Proposal() {
                  @Override
                  public void applied(Outcome outcome) {}

                  @Override
                  public void lost() {}
                });
  }
}
