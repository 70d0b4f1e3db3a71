package dev.terrane.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * Who may know whom. Maven holds the direction of whole modules; these rules hold what it cannot
 * see and say why. The picture is in docs/architecture.md.
 */
@AnalyzeClasses(packages = "dev.terrane", importOptions = DoNotIncludeTests.class)
class LayeringTest {
  @ArchTest
  static final ArchRule raftIsSansIo =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.raft..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.net..",
              "java.time..",
              "java.util.concurrent..",
              "org.slf4j..",
              "com.google.protobuf..",
              "io.grpc..",
              "dev.terrane.common.agent..")
          .because(
              "the consensus core takes messages and gives work out, so that a test can put any"
                  + " event between any two steps (docs/adr/0002-sans-io-raft-and-agents.md)");

  /** What has to be done in one order, and at one time of a cycle. */
  private static final Set<String> DRIVING =
      Set.of(
          "tick", "heartbeat", "paused", "quietTicks", "hasReady", "ready", "persisted", "applied");

  @ArchTest
  static final ArchRule theCoreDoesNotKnowItsDriver =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.raft")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.terrane.raft.drive..")
          .because("it knows no time; what drives it does");

  @ArchTest
  static final ArchRule nodesAreDrivenInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.terrane.raft..", "dev.terrane.bench..")
          .should()
          .callMethodWhere(
              describe(
                  "a step of driving a RawNode, or a use of a Lease", LayeringTest::drivesRaft))
          .because(
              "promises and leases rest on the order of ticks, messages, writes and what is sent,"
                  + " which raft.drive.DrivenNode has for everyone");

  private static boolean drivesRaft(JavaAccess<?> call) {
    String owner = call.getTargetOwner().getName();
    return owner.equals("dev.terrane.raft.Lease")
        || (owner.equals("dev.terrane.raft.RawNode")
            && DRIVING.contains(call.getName())
            && !isQuestion(call));
  }

  /** {@code RawNode.applied()} asks how far it is; with an index it tells. */
  private static boolean isQuestion(JavaAccess<?> call) {
    return call.getName().equals("applied")
        && call instanceof JavaMethodCall method
        && method.getTarget().getRawParameterTypes().isEmpty();
  }

  @ArchTest
  static final ArchRule onlyTheEngineSeesRocksDb =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.terrane.engine.rocks..")
          .and()
          .resideOutsideOfPackage("dev.terrane.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..")
          .because(
              "everything above the engine must run on the in-memory engine too, where the"
                  + " simulator lives (docs/adr/0003-what-is-durable-when.md)");

  @ArchTest
  static final ArchRule onlyTheEdgesSpeakGrpc =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.terrane.proto..",
              "dev.terrane.server..",
              "dev.terrane.client..",
              "dev.terrane.cli..",
              "dev.terrane.bench..",
              "dev.terrane.sim..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "io.netty..")
          .because(
              "gRPC is one implementation of a transport; store, txn and pd see an interface"
                  + " (docs/adr/0005-the-wire.md); the simulator's network stands below gRPC");

  @ArchTest
  static final ArchRule commandsDoNotKnowTheStore =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.txn..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.terrane.store..",
              "dev.terrane.raft..",
              "dev.terrane.pd..",
              "dev.terrane.proto..")
          .because(
              "commands decide on a snapshot and propose writes; how they travel is not theirs");

  @ArchTest
  static final ArchRule pdAndStoreMeetOnlyOnTheWire =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.pd..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.terrane.store..", "dev.terrane.txn..")
          .because("PD may run without a store and never calls one: it answers heartbeats");

  @ArchTest
  static final ArchRule theStoreDoesNotKnowPd =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.store..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.terrane.pd..")
          .because("PD is an interface to the store, and may be TiKV's own");

  @ArchTest
  static final ArchRule theClientKnowsTheProtocolOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.terrane.server..",
              "dev.terrane.store..",
              "dev.terrane.pd..",
              "dev.terrane.txn..",
              "dev.terrane.engine..",
              "dev.terrane.raft..")
          .because("the client works against TiKV's protocol, not against our server's habits");

  @ArchTest
  static final ArchRule theSimulatorTouchesNothingReal =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.sim..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.terrane.cli..",
              "dev.terrane.client.grpc..",
              "dev.terrane.engine.rocks..",
              "dev.terrane.server.config..",
              "dev.terrane.server.http..",
              "dev.terrane.server.run..",
              "io.netty..")
          .because(
              "it runs store, PD, client and the services and transports between them where time,"
                  + " network and disk are its own; what brings threads, sockets or RocksDB along"
                  + " cannot be replayed from a seed");

  @ArchTest
  static final ArchRule nobodyDependsOnTheSimulator =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.terrane.sim..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.terrane.sim..")
          .because("it is a tool of this source tree and never shipped");
}
