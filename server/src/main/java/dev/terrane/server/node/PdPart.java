package dev.terrane.server.node;

import dev.terrane.common.Bytes;
import dev.terrane.common.TimeSource;
import dev.terrane.engine.log.FileLogDirectory;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.RaftLogOptions;
import dev.terrane.engine.log.SegmentedRaftLog;
import dev.terrane.pd.NewCluster;
import dev.terrane.pd.Pd;
import dev.terrane.pd.PdConfig;
import dev.terrane.pd.PdFigures;
import dev.terrane.pd.PdMember;
import dev.terrane.pd.PdRecovered;
import dev.terrane.pd.PdWrite;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.raft.HardState;
import dev.terrane.server.config.NodeConfig;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.transport.GrpcPdTransport;
import dev.terrane.txn.ReadPool;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** The PD member of a node, with its disk and its way to the other members. */
final class PdPart implements AutoCloseable {
  private final RaftLogEngine log;
  private final PdDisk disk;
  private final Member self;
  private final GrpcPdTransport transport;
  private final PdMember member;
  private final TimeSource time;
  private final long clusterId;

  private PdPart(
      PdConfig config,
      RaftLogEngine log,
      PdDisk disk,
      Member self,
      GrpcPdTransport transport,
      PdRecovered recovered,
      TimeSource time,
      RandomGenerator random) {
    this.log = log;
    this.disk = disk;
    this.transport = transport;
    this.self = self;
    Bytes state = recovered.state();
    this.clusterId = state == null ? 0 : ClusterState.decode(state).clusterId();
    this.time = time;
    this.member = new PdMember(config, recovered, disk, transport, time, random);
  }

  /**
   * Brings the member back from {@code directory}; where there is none, founds a cluster of one, or
   * makes a blank member that is to be added to another's.
   */
  static PdPart open(
      NodeConfig node,
      NodePorts ports,
      Path directory,
      GrpcChannels channels,
      LoopExecutor loop,
      ReadPool encoders,
      TimeSource time,
      RandomGenerator random) {
    String url = ports.pdAdvertised().url();
    PdConfig config =
        PdConfig.of(node.name(), url, url)
            .withNewClusterRules(
                ClusterState.DEFAULT_RULES.toBuilder().setReplicasMax(node.replicas()).build());
    RaftLogEngine log =
        SegmentedRaftLog.open(FileLogDirectory.open(directory), RaftLogOptions.SMALL, time, random);
    try {
      PdDisk disk = new PdDisk(log);
      PdRecovered recovered = disk.recover();
      if (recovered == null) {
        recovered = begin(node, config, disk, random);
      } else {
        MemberTwin.refuse(recovered, disk.starts(), ports.pdAdvertised(), node.join(), channels);
      }
      Member self = self(config, recovered.memberId(), disk.countStart());
      GrpcPdTransport transport = new GrpcPdTransport(self, channels, loop, encoders);
      return new PdPart(config, log, disk, self, transport, recovered, time, random);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private static PdRecovered begin(
      NodeConfig node, PdConfig config, PdDisk disk, RandomGenerator random) {
    long memberId = random.nextLong(1, Long.MAX_VALUE);
    if (!node.join().isEmpty()) {
      disk.begin(memberId, null);
      return new PdRecovered(
          memberId, null, List.of(), new HardState(0, 0, 0), new PdWrite.LogBase(0, 0), List.of());
    }
    PdWrite founding = NewCluster.found(memberId, config, random);
    disk.begin(memberId, founding);
    return NewCluster.recovered(memberId, founding);
  }

  void startOn(NodeThreads threads) {
    disk.onMessage(threads.logWriters);
    member.onMessage(threads.agents);
    threads.logWriters.add(List.of(disk));
    threads.agents.add(List.of(member));
  }

  Pd pd() {
    return member.pd();
  }

  PdFigures figures() {
    return member.figures();
  }

  /** Whether this member has never been in a cluster, and waits for a leader to take it in. */
  boolean isBlank() {
    return clusterId == 0;
  }

  /** The cluster that this member was of when it started; 0 if of none. */
  long clusterId() {
    return clusterId;
  }

  /** For how long no other member has been heard. */
  long silentNanos() {
    return time.nanoTime() - member.heardNanos();
  }

  private static Member self(PdConfig config, long memberId, long starts) {
    return Member.newBuilder()
        .setId(memberId)
        .setName(config.name())
        .addAllPeerUrls(config.peerUrls())
        .addAllClientUrls(config.clientUrls())
        .setStarts(starts)
        .build();
  }

  /** Who this member is and where it is now. */
  Member self() {
    return self;
  }

  GrpcPdTransport transport() {
    return transport;
  }

  /** Who the members are, for who is none: it must answer the leader before it has a state. */
  void meet(AddMemberResponse group) {
    member.heardOf(group);
    transport.membersChanged(group.getMembersList().stream().map(MemberStatus::getMember).toList());
  }

  /** See {@link PdMember#handLeadershipAway}. */
  void handLeadershipAway(Runnable whenOver) {
    member.handLeadershipAway(whenOver);
  }

  void closeTransport() {
    transport.close();
  }

  /** After its agents have been closed. */
  @Override
  public void close() {
    log.close();
  }
}
