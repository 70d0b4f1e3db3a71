package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.common.Invariant;
import dev.terrane.pd.group.GroupPlanner;
import dev.terrane.pd.group.GroupStep;
import dev.terrane.pd.group.GroupView;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.pd.state.MemberTable;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PD's members: who they are, and how they come and go. Confined to the member's thread. */
final class MemberCalls {
  private static final Logger log = LoggerFactory.getLogger(MemberCalls.class);

  /** Of one member, which all copies of the state have, and each answer about the members. */
  private static final int MEMBER_BYTES_MAX = 4 << 10;

  private final PdMember member;

  /** What the leader told last, while this node is no member. */
  private @Nullable AddMemberResponse told;

  /** Whether the last look found nothing to do. */
  private boolean settled;

  MemberCalls(PdMember member) {
    this.member = member;
  }

  // ---- answered by any member

  void getMembers(GetMembersRequest request, PdReply<GetMembersResponse> reply) {
    GetMembersResponse.Builder response =
        GetMembersResponse.newBuilder().setHeader(Headers.ok(clusterId()));
    // Who led when this node was told may be gone, and clients would come back here to ask again:
    // only a member names the leader. The others it names do.
    boolean namesLeader = !isOutside();
    for (MemberStatus each : group()) {
      response.addMembers(toPd(each.getMember()));
      if (each.getLeader() && namesLeader) {
        response.setLeader(toPd(each.getMember())).setEtcdLeader(toPd(each.getMember()));
      }
    }
    reply.answer(response.build());
  }

  /** A node that is no member passes on what the leader told it. */
  void heardOf(AddMemberResponse group) {
    told = group;
  }

  private boolean isOutside() {
    ClusterState state = member.raft().state();
    return state == null || !state.membership().contains(member.raft().memberId());
  }

  /** Whether this node can tell who the members are. */
  boolean knowsGroup() {
    return member.raft().state() != null || told != null;
  }

  private long clusterId() {
    AddMemberResponse heard = told;
    return heard != null && isOutside()
        ? heard.getHeader().getClusterId()
        : member.stateOrThrow().clusterId();
  }

  private List<MemberStatus> group() {
    AddMemberResponse heard = told;
    return heard != null && isOutside() ? heard.getMembersList() : statuses();
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
            .setHeader(Headers.ok(clusterId()))
            .addServiceModes(ServiceMode.PD_SVC_MODE)
            .build());
  }

  /**
   * Learners are listed as full members: clients drop learners, and these answer like any other.
   */
  void memberList(MemberListRequest request, PdReply<MemberListResponse> reply) {
    MemberListResponse.Builder response = MemberListResponse.newBuilder();
    response
        .getHeaderBuilder()
        .setClusterId(clusterId())
        .setMemberId(member.raft().memberId())
        .setRaftTerm(member.raft().term());
    for (MemberStatus status : group()) {
      Member each = status.getMember();
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
    AddMemberResponse heard = told;
    ListMembersResponse.Builder response =
        ListMembersResponse.newBuilder()
            .setHeader(Headers.ok(clusterId()))
            .addAllMembers(group())
            .setVotersMax(
                heard != null && isOutside()
                    ? heard.getVotersMax()
                    : member.stateOrThrow().pdVotersMax());
    Leadership leadership = member.leadership();
    if (leadership != null) {
      long nowNanos = member.time().nanoTime();
      for (Member each : standbys(leadership, nowNanos)) {
        response
            .addStandbysBuilder()
            .setMember(each)
            .setSilentMillis(leadership.standbys().silentNanos(each.getId(), nowNanos) / 1_000_000);
      }
    }
    reply.answer(response.build());
  }

  private List<MemberStatus> statuses() {
    Status status = member.raft().status();
    Leadership leadership = member.leadership();
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
        if (leadership != null && !progress.recentlyActive()) {
          describeSilence(each.getId(), leadership, builder);
        }
      }
      statuses.add(builder.build());
    }
    return statuses;
  }

  private void describeSilence(long memberId, Leadership leadership, MemberStatus.Builder builder) {
    long nowNanos = member.time().nanoTime();
    long silentMillis = leadership.memberWatch().silentNanos(memberId, nowNanos) / 1_000_000;
    long leftMillis = member.stateOrThrow().pdMemberDownMaxMillis() - silentMillis;
    boolean somebody =
        !standbys(leadership, nowNanos).isEmpty()
            || member.raft().status().membership().learners().toList().stream()
                .anyMatch(caughtUpIn(member.raft().status())::test);
    String when = leftMillis > 0 ? "in " + Durations.text(leftMillis) : "now";
    builder
        .setSilentMillis(silentMillis)
        .setOutlook(
            somebody
                ? "another node takes its place " + when
                : "no other node can take its place: join one more");
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
    if (refusal == null && known != null) {
      refusal = cannotBe(known, newcomer);
    }
    if (refusal != null) {
      reply.answer(
          AddMemberResponse.newBuilder()
              .setHeader(Headers.error(state.clusterId(), ErrorType.DUPLICATED_ENTRY, refusal))
              .build());
      return true;
    }
    if (known == null && other == null && hasMembersEnough(state)) {
      standBy(newcomer, reply);
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
    member.replicate(
        Command.newBuilder().setPutMember(updated),
        reply,
        outcome ->
            outcome instanceof Outcome.Refused refused
                ? AddMemberResponse.newBuilder()
                    .setHeader(Headers.refused(state.clusterId(), refused))
                    .build()
                : added());
    return true;
  }

  private boolean hasMembersEnough(ClusterState state) {
    return member.raft().status().membership().all().size() >= state.pdVotersMax();
  }

  /** It is a store only, until a member is needed. */
  private void standBy(Member newcomer, PdReply<AddMemberResponse> reply) {
    Leadership leadership = member.leadership();
    if (leadership != null) {
      leadership.standbys().heard(newcomer, member.time().nanoTime());
    }
    reply.answer(added().toBuilder().setStandsBy(true).build());
  }

  /**
   * Why the known member cannot be where {@code told} says: an earlier start says so, or the member
   * answers at another address, so that a copy of its directory must have been started.
   */
  private @Nullable String cannotBe(Member known, Member told) {
    if (told.getStarts() < known.getStarts()) {
      return MemberTable.startedLater(known, told);
    }
    String answering = member.raft().transport().peerUrlOf(known.getId());
    return known.getId() != member.raft().memberId()
            && isAlive(known.getId())
            && answering != null
            && !told.getPeerUrlsList().contains(answering)
        ? "PD member %s (%d) answers at %s; was a copy of its directory started at %s?"
            .formatted(known.getName(), known.getId(), answering, told.getPeerUrls(0))
        : null;
  }

  private boolean isAlive(long memberId) {
    Status status = member.raft().status();
    PeerStatus progress = progressOf(memberId, status);
    return memberId == status.peerId() || (progress != null && progress.recentlyActive());
  }

  private static @Nullable String whatIsWrong(Member newcomer) {
    if (newcomer.getId() <= 0) {
      return "a PD member's id is positive";
    }
    if (newcomer.getName().isEmpty()) {
      return "a PD member needs a name";
    }
    if (newcomer.getSerializedSize() > MEMBER_BYTES_MAX) {
      return "what a PD member says of itself has %d bytes, at most %d: a shorter name, fewer URLs"
          .formatted(newcomer.getSerializedSize(), MEMBER_BYTES_MAX);
    }
    return newcomer.getPeerUrlsCount() == 0 || newcomer.getClientUrlsCount() == 0
        ? "PD member %s needs a peer URL and a client URL".formatted(newcomer.getName())
        : null;
  }

  /**
   * A member whose name or address the newcomer has must be gone; the newcomer replaces it then.
   */
  private @Nullable String stillThere(Member other) {
    return isAlive(other.getId())
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
        .setVotersMax(member.stateOrThrow().pdVotersMax())
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
    if (membership.isJoint() || anotherIsToGo(membership, removed)) {
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
    GroupStep step = GroupPlanner.removal(view(status), removed);
    if (!(step instanceof GroupStep.Change change)) {
      throw Invariant.violated("the leader is removed by %s", step);
    }
    boolean proposed =
        member
            .raft()
            .proposeMembership(
                change.change(),
                answering(
                    reply,
                    () ->
                        response
                            .setHeader(Headers.ok(state.clusterId()))
                            .setOutlook(step.reason())
                            .build()));
    if (proposed) {
      log.info("PD member {} is to be removed: {}", removed, step.reason());
    }
    return proposed;
  }

  /** Whether somebody catches up who was told to take another voter's place; he keeps to that. */
  private boolean anotherIsToGo(Membership membership, long removed) {
    return member.stateOrThrow().members().all().stream()
        .filter(heir -> membership.isLearner(heir.getId()) && isAlive(heir.getId()))
        .anyMatch(heir -> heir.getReplaces() != removed && membership.isVoter(heir.getReplaces()));
  }

  private void handOver(Status status) {
    for (long voter : status.membership().voters().toList()) {
      if (voter != status.peerId() && caughtUpIn(status).test(voter)) {
        member.raft().driven().transferLeader(voter);
        return;
      }
    }
  }

  /** Living nodes beside the group that could be of it. */
  private List<Member> standbys(Leadership leadership, long nowNanos) {
    return leadership.standbys().living(member.raft().status().membership(), nowNanos);
  }

  /** How many nodes could be of the group and are not. */
  int standbyCount(Leadership leadership, long nowNanos) {
    return standbys(leadership, nowNanos).size();
  }

  /** How many members the leader does not hear of. */
  int silent() {
    return (int)
        member.raft().status().peers().stream().filter(peer -> !peer.recentlyActive()).count();
  }

  private GroupView view(Status status) {
    ClusterState state = member.stateOrThrow();
    Leadership leadership = member.leadership();
    long nowNanos = member.time().nanoTime();
    LongPredicate isLost =
        memberId ->
            leadership != null
                && !isAlive(memberId)
                && leadership.memberWatch().silentNanos(memberId, nowNanos) / 1_000_000
                    > state.pdMemberDownMaxMillis();
    return new GroupView(
        status.membership(),
        status.peerId(),
        state.members().all(),
        leadership == null ? List.of() : standbys(leadership, nowNanos),
        state.pdVotersMax(),
        this::isAlive,
        caughtUpIn(status),
        isLost);
  }

  /** Whether the group is as it should be: nobody waits to become a voter, or to go. */
  boolean isAtRest() {
    Status status = member.raft().status();
    return settled
        && !status.membership().isJoint()
        && status.membership().learners().toList().stream().allMatch(caughtUpIn(status)::test)
        && status.membership().all().size() == member.stateOrThrow().members().all().size();
  }

  /** Takes the next step towards the group that should be. */
  void onTick(Leadership leadership) {
    Status status = member.raft().status();
    leadership.memberWatch().look(status, member.time().nanoTime());
    GroupStep next = GroupPlanner.next(view(status));
    settled = next == null;
    switch (next) {
      case null -> {}
      case GroupStep.HandOver handOver -> {
        if (member.raft().driven().transferLeader(handOver.target())) {
          log.info("PD's leader hands over, for it is to go: {}", handOver.reason());
        }
      }
      case GroupStep.Change change -> {
        // Refused while another change is under way; the next tick asks again.
        if (member.raft().proposeMembership(change.change(), Step.TAKEN)) {
          log.info("PD's group changes: {}", change.reason());
        }
      }
    }
  }

  /** Nobody waits for the outcome: the next tick sees it. */
  private enum Step implements MemberRaft.Proposal {
    TAKEN;

    @Override
    public void applied(Outcome outcome) {}

    @Override
    public void lost() {}
  }
}
