package dev.terrane.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.TimeSource;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is let in, and who has to go for it. */
class ConnectionGateTest {
  private static final int PLACES = 3;
  private static final byte[] GREETING = new byte[33];

  private final List<EmbeddedChannel> served = new ArrayList<>();
  private long nowNanos = 1;
  private final ConnectionGate gate =
      new ConnectionGate(
          PLACES,
          new TimeSource() {
            @Override
            public long nanoTime() {
              return nowNanos;
            }

            @Override
            public long wallMillis() {
              return 0;
            }
          });
  private final EmbeddedChannel port =
      new EmbeddedChannel(
          gate,
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(
                io.netty.channel.ChannelHandlerContext context, Object connection) {
              served.add((EmbeddedChannel) connection);
            }
          });

  private EmbeddedChannel connect() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.freezeTime();
    port.writeInbound(connection);
    connection.runPendingTasks();
    return connection;
  }

  private EmbeddedChannel greeted() {
    EmbeddedChannel connection = connect();
    connection.writeInbound(Unpooled.wrappedBuffer(GREETING));
    return connection;
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
    served.forEach(connection -> {
      connection.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
      connection.runScheduledPendingTasks();
      connection.runPendingTasks();
    });
  }

  @Test
  void whoSaysNothingIsClosedInTime() {
    EmbeddedChannel mute = connect();
    EmbeddedChannel half = connect();
    EmbeddedChannel whole = greeted();
    half.writeInbound(Unpooled.wrappedBuffer(GREETING, 0, 30));

    pass(Duration.ofSeconds(11));

    assertThat(mute.isOpen()).isFalse();
    assertThat(half.isOpen()).isFalse();
    assertThat(whole.isOpen()).isTrue();
    assertThat(gate.open()).isEqualTo(1);
    assertThat(gate.closed()).isEqualTo(2);
  }

  @Test
  void aNewcomerGetsThePlaceOfOneThatHasNotSaidAnything() {
    EmbeddedChannel first = greeted();
    EmbeddedChannel mute = connect();
    EmbeddedChannel second = greeted();

    EmbeddedChannel newcomer = connect();

    assertThat(served).contains(newcomer);
    assertThat(mute.isOpen()).isFalse();
    assertThat(first.isOpen()).isTrue();
    assertThat(second.isOpen()).isTrue();
    assertThat(gate.open()).isEqualTo(PLACES);
  }

  @Test
  void aNewcomerIsTurnedAwayWhileAllOthersAreInUse() {
    greeted();
    greeted();
    greeted();
    pass(Duration.ofSeconds(5));

    EmbeddedChannel newcomer = connect();

    assertThat(newcomer.isOpen()).isFalse();
    assertThat(served).hasSize(PLACES).allMatch(EmbeddedChannel::isOpen);
    assertThat(gate.open()).isEqualTo(PLACES);
  }

  @Test
  void aNewcomerGetsThePlaceOfTheOneThatWasSilentForLongest() {
    EmbeddedChannel silent = greeted();
    pass(Duration.ofSeconds(15));
    EmbeddedChannel later = greeted();
    EmbeddedChannel busy = greeted();
    pass(Duration.ofSeconds(6));

    EmbeddedChannel newcomer = connect();

    assertThat(silent.isOpen()).isFalse();
    assertThat(List.of(later, busy, newcomer)).allMatch(EmbeddedChannel::isOpen);
  }

  @Test
  void aPlaceIsFreeAgainWhenItsConnectionHasEnded() {
    for (int i = 0; i < 5 * PLACES; i++) {
      EmbeddedChannel connection = greeted();
      assertThat(connection.isOpen()).isTrue();
      var _ = connection.close();
      connection.runPendingTasks();
    }
    assertThat(gate.open()).isZero();
    assertThat(gate.closed()).isZero();
  }
}
