package dev.terrane.sim.node;

import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.pd.NewCluster;
import dev.terrane.pd.PdConfig;
import dev.terrane.pd.PdMember;
import dev.terrane.pd.PdRecovered;
import dev.terrane.pd.PdWrite;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.raft.HardState;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.node.PdDisk;
import dev.terrane.server.pd.PdServices;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.server.traffic.NodeTraffic;
import dev.terrane.server.transport.GrpcPdTransport;
import dev.terrane.sim.world.AgentActor;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.store.PdLink;
import java.util.List;
import java.util.random.RandomGenerator;

/** PD's member on a machine, brought back from its disk or begun there. */
final class PdNode {
  private static final long PAUSE_MILLIS = 300;
  private static final long STANDING_BY_MILLIS = 5_000;

  private final ClusterPlan plan;
  private final NodeProcess process;
  private final HostPort address;
  private final PdMember member;
  private final Member self;
  private final GrpcPdTransport transport;
  private final NodeTraffic traffic;

  private PdNode(
      ClusterPlan plan,
      NodeProcess process,
      HostPort address,
      PdMember member,
      Member self,
      GrpcPdTransport transport,
      NodeTraffic traffic) {
    this.traffic = traffic;
    this.plan = plan;
    this.process = process;
    this.address = address;
    this.member = member;
    this.self = self;
    this.transport = transport;
  }

  static PdNode start(
      ClusterPlan plan, NodeProcess process, GrpcChannels channels, NodeTraffic traffic) {
    String name = process.machine().name();
    HostPort address = ClusterPlan.pdAddress(name);
    String url = address.url();
    PdConfig config = PdConfig.of(name, url, url).withNewClusterRules(plan.rules());
    RandomGenerator random = process.machine().world().stream("pd/" + process.name());
    RaftLogEngine log =
        plan.watch()
            .pdLog(
                process,
                SegmentedRaftLog.open(
                    process.machine().disk().pdLog(),
                    RaftLogOptions.SMALL,
                    process.machine().clock(),
                    random));
    PdDisk disk = new PdDisk(log);
    PdRecovered recovered = disk.recover();
    boolean founder = plan.founder().equals(name) && !process.machine().disk().isPdReplaced();
    if (recovered == null) {
      recovered = begin(founder, config, disk, random);
    }
    Member self =
        Member.newBuilder()
            .setId(recovered.memberId())
            .setName(name)
            .addPeerUrls(url)
            .addClientUrls(url)
            .setStarts(disk.countStart())
            .build();
    GrpcPdTransport transport =
        new GrpcPdTransport(self, channels, process.loop(), new SimReadPool(process));
    PdMember member =
        new PdMember(config, recovered, disk, transport, process.machine().clock(), random);
    PdNode node = new PdNode(plan, process, address, member, self, transport, traffic);
    node.run(disk);
    if (recovered.state() == null) {
      node.askToBeAdded(
          new GrpcPdLink(
              plan.pdSeeds(), 0, channels, process.loop(), process.machine().clock(), i -> {}));
    }
    return node;
  }

  private static PdRecovered begin(
      boolean founder, PdConfig config, PdDisk disk, RandomGenerator random) {
    long memberId = random.nextLong(1, Long.MAX_VALUE);
    if (!founder) {
      disk.begin(memberId, null);
      return new PdRecovered(
          memberId, null, List.of(), new HardState(0, 0, 0), new PdWrite.LogBase(0, 0), List.of());
    }
    PdWrite founding = NewCluster.found(memberId, config, random);
    disk.begin(memberId, founding);
    return NewCluster.recovered(memberId, founding);
  }

  private void run(PdDisk disk) {
    AgentActor diskActor = process.poll(disk, process.machine().disk()::delayNanos);
    AgentActor memberActor = process.poll(member, () -> process.draw(2_000, 60_000));
    disk.onMessage(diskActor);
    member.onMessage(memberActor);
    memberActor.wake();
    plan.network()
        .listen(
            process,
            address,
            traffic,
            PdServices.of(plan.watch().pd(process, member), transport::greeted, process.loop()));
  }

  private void askToBeAdded(GrpcPdLink others) {
    others.addMember(
        self,
        new PdLink.Reply<>() {
          @Override
          public void answered(AddMemberResponse answer) {
            if (answer.getHeader().hasError()) {
              failed(answer.getHeader().getError().getMessage());
              return;
            }
            member.heardOf(answer);
            transport.membersChanged(
                answer.getMembersList().stream().map(MemberStatus::getMember).toList());
            if (answer.getStandsBy()) {
              process.loop().after(STANDING_BY_MILLIS, () -> askToBeAdded(others));
            } else {
              others.close();
            }
          }

          @Override
          public void failed(String reason) {
            process.loop().after(PAUSE_MILLIS, () -> askToBeAdded(others));
          }
        });
  }
}
