package dev.terrane.server.pd;

import dev.terrane.common.traffic.Charge;
import dev.terrane.pd.Pd;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.ChangeRulesRequest;
import dev.terrane.proto.terranepd.ChangeRulesResponse;
import dev.terrane.proto.terranepd.DecideKeyModeRequest;
import dev.terrane.proto.terranepd.DecideKeyModeResponse;
import dev.terrane.proto.terranepd.ExplainRegionRequest;
import dev.terrane.proto.terranepd.ExplainRegionResponse;
import dev.terrane.proto.terranepd.GetRulesRequest;
import dev.terrane.proto.terranepd.GetRulesResponse;
import dev.terrane.proto.terranepd.GreetRequest;
import dev.terrane.proto.terranepd.GreetResponse;
import dev.terrane.proto.terranepd.KeepStoreRequest;
import dev.terrane.proto.terranepd.KeepStoreResponse;
import dev.terrane.proto.terranepd.ListMembersRequest;
import dev.terrane.proto.terranepd.ListMembersResponse;
import dev.terrane.proto.terranepd.ListOperatorsRequest;
import dev.terrane.proto.terranepd.ListOperatorsResponse;
import dev.terrane.proto.terranepd.ListStoresRequest;
import dev.terrane.proto.terranepd.ListStoresResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftDone;
import dev.terrane.proto.terranepd.RemoveMemberRequest;
import dev.terrane.proto.terranepd.RemoveMemberResponse;
import dev.terrane.proto.terranepd.RemoveStoreRequest;
import dev.terrane.proto.terranepd.RemoveStoreResponse;
import dev.terrane.proto.terranepd.SetRulesRequest;
import dev.terrane.proto.terranepd.SetRulesResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.net.Unary;
import dev.terrane.server.traffic.CallTraffic;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.UnaryOperator;

/** What PD members say to each other, and what Terrane's own tools ask of them. */
final class PdInternalService extends PdInternalGrpc.PdInternalImplBase {
  /** Of one member, that wait for this one. */
  private static final int RAFT_BATCHES_MAX = 16;

  private final Pd pd;
  private final UnaryOperator<List<Member>> greeted;
  private final LoopExecutor loop;

  PdInternalService(Pd pd, UnaryOperator<List<Member>> greeted, LoopExecutor loop) {
    this.pd = pd;
    this.greeted = greeted;
    this.loop = loop;
  }

  @Override
  public StreamObserver<PdRaftBatch> raft(StreamObserver<PdRaftDone> member) {
    var call = (ServerCallStreamObserver<PdRaftDone>) member;
    call.disableAutoRequest();
    call.request(RAFT_BATCHES_MAX);
    CallTraffic traffic = CallTraffic.current();
    return new StreamObserver<>() {
      @Override
      public void onNext(PdRaftBatch batch) {
        Charge kept = traffic.keepMessage();
        if (kept == null) {
          call.request(1); // Raft asks again for what is dropped
          return;
        }
        pd.raft(
            batch,
            () -> {
              kept.close();
              loop.executeOrRun(() -> call.request(1));
            });
      }

      @Override
      public void onError(Throwable broken) {
        // The other end has gone; it opens a new stream when it has something to say.
      }

      @Override
      public void onCompleted() {
        member.onNext(PdRaftDone.getDefaultInstance());
        member.onCompleted();
      }
    };
  }

  @Override
  public void greet(GreetRequest request, StreamObserver<GreetResponse> member) {
    List<Member> known = greeted.apply(request.getKnownList());
    new Unary<>(member, loop).answer(GreetResponse.newBuilder().addAllKnown(known).build());
  }

  @Override
  public void addMember(AddMemberRequest request, StreamObserver<AddMemberResponse> client) {
    pd.addMember(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void removeMember(
      RemoveMemberRequest request, StreamObserver<RemoveMemberResponse> client) {
    pd.removeMember(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void decideKeyMode(
      DecideKeyModeRequest request, StreamObserver<DecideKeyModeResponse> client) {
    pd.decideKeyMode(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void getRules(GetRulesRequest request, StreamObserver<GetRulesResponse> client) {
    pd.getRules(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void setRules(SetRulesRequest request, StreamObserver<SetRulesResponse> client) {
    pd.setRules(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void changeRules(ChangeRulesRequest request, StreamObserver<ChangeRulesResponse> client) {
    pd.changeRules(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void removeStore(RemoveStoreRequest request, StreamObserver<RemoveStoreResponse> client) {
    pd.removeStore(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void keepStore(KeepStoreRequest request, StreamObserver<KeepStoreResponse> client) {
    pd.keepStore(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void listStores(ListStoresRequest request, StreamObserver<ListStoresResponse> client) {
    pd.listStores(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void listOperators(
      ListOperatorsRequest request, StreamObserver<ListOperatorsResponse> client) {
    pd.listOperators(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void explainRegion(
      ExplainRegionRequest request, StreamObserver<ExplainRegionResponse> client) {
    pd.explainRegion(request, new UnaryPdReply<>(client, loop));
  }

  @Override
  public void listMembers(ListMembersRequest request, StreamObserver<ListMembersResponse> client) {
    pd.listMembers(request, new UnaryPdReply<>(client, loop));
  }
}
