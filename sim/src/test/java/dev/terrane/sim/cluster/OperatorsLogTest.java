package dev.terrane.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.terrane.sim.node.ServerNode;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.World;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator reads in the log when a part of a cluster goes and comes. */
class OperatorsLogTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.terrane.pd");
  private final Level before = logger.getLevel();
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Cluster cluster =
      new Cluster(new World(1), Parameters.calm(1).withCluster(3, 3, true));

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    cluster.nodes().forEach(ServerNode::start);
    cluster.await("three voters", MINUTE, () -> cluster.voters() == 3);
    cluster.await("PD, too", MINUTE, () -> cluster.invariants().pdVoters() == 3);
    cluster.runFor(Duration.ofSeconds(15)); // a heartbeat of each store
    appender.list.clear();
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
    logger.setLevel(before);
  }

  private List<String> lines() {
    return appender.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  private Machine pdLeader() {
    return Objects.requireNonNull(cluster.invariants().pdLeader());
  }

  @Test
  void whileNothingHappensNothingIsSaid() {
    cluster.runFor(Duration.ofMinutes(5));
    assertThat(lines()).isEmpty();
  }

  @Test
  void eachMemberSaysOnceWhoLeadsWhenPdsLeaderMoves() {
    Machine old = pdLeader();
    old.kill("by the test");
    cluster.await("another leads", MINUTE, () -> cluster.invariants().pdLeader() != null);
    cluster.runFor(Duration.ofSeconds(5));

    Machine leader = pdLeader();
    assertThat(leader).isNotEqualTo(old);
    assertThat(lines().stream().filter(line -> line.contains("PD's leader is " + leader.name())))
        .as("%s", lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("INFO"));
  }

  @Test
  void aStoreThatIsLostAndOneThatComesBackAreTold() {
    ServerNode node =
        cluster.nodes().stream().filter(ServerNode::isStore).findFirst().orElseThrow();
    long id = cluster.invariants().storeIdOf(node.machine());
    String name = "store %d at %s".formatted(id, node.storeAddress());
    node.machine().kill("by the test");
    cluster.runFor(Duration.ofSeconds(19));
    assertThat(lines()).noneMatch(line -> line.contains("is lost"));

    cluster.runFor(Duration.ofSeconds(30)); // down after 15 s, which are over by then
    assertThat(lines().stream().filter(line -> line.contains(name)))
        .as("%s", lines())
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("is given up", "its replicas are rebuilt elsewhere");

    node.start();
    cluster.runFor(Duration.ofSeconds(15));
    assertThat(lines().stream().filter(line -> line.contains(name)))
        .as("%s", lines())
        .hasSize(2)
        .last()
        .asString()
        .isEqualTo("INFO " + name + " is back");
  }
}
