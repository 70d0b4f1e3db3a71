package dev.terrane.server.node;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.transport.GrpcPdTransport;
import dev.terrane.server.transport.MemberBook;
import io.grpc.ManagedChannel;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other members where this one is since it was started, and hears where they are, round
 * after round until PD's leader has written it down; and again whenever nobody is heard for long.
 * That takes no leader: members who have all moved could not elect one before they have found each
 * other. Asked are the addresses that the node was given, and those that are known from before or
 * from another's answer, so one address that is right is enough.
 *
 * <p>Where somebody says that a member is now, it is asked who is there, after it did not answer
 * where it was known to be. So nobody sends members astray by saying so, and a copy of a member's
 * directory takes no messages away from the original.
 *
 * <p>Confined to one event loop, except for {@link #start}, {@link #announced} and {@link #close}.
 */
final class MemberGreeting implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MemberGreeting.class);
  private static final long PAUSE_MILLIS = 300;
  private static final long PAUSE_AT_REST_MILLIS = 2000;
  private static final long LONELY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Of those that are being asked for at a time. */
  private static final int HINTS_MAX = 16;

  private final List<HostPort> given;
  private final HostPort self;
  private final GrpcPdTransport members;
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final LongSupplier silentNanos;
  private final Map<HostPort, ManagedChannel> channelByAddress = new LinkedHashMap<>();
  private final Set<Long> askedFor = new LinkedHashSet<>();
  private Runnable whenLonely = () -> {};
  private boolean announced;
  private boolean lonely;
  private boolean over;

  /**
   * @param given addresses of members, as the node was told to join
   * @param self where this member is
   * @param silentNanos for how long no other member has been heard
   */
  MemberGreeting(
      List<HostPort> given,
      HostPort self,
      GrpcPdTransport members,
      GrpcChannels channels,
      LoopExecutor loop,
      LongSupplier silentNanos) {
    this.given = given;
    this.self = self;
    this.members = members;
    this.channels = channels;
    this.loop = loop;
    this.silentNanos = silentNanos;
  }

  /** Begins; {@code whenLonely} is called each time that nobody has been heard for long. */
  void start(Runnable whenLonelyOrAgain) {
    members.onHints(hints -> loop.executeOrRun(() -> hints.forEach(this::look)));
    loop.executeOrRun(() -> {
      whenLonely = whenLonelyOrAgain;
      round();
    });
  }

  /** PD's leader has written down where this member is, and tells the others. */
  void announced() {
    loop.executeOrRun(() -> {
      announced = true;
      closeChannels();
    });
  }

  private void round() {
    if (over) {
      return;
    }
    Set<HostPort> others = new LinkedHashSet<>(given);
    others.addAll(members.otherAddresses());
    others.remove(self);
    noteLoneliness(!others.isEmpty() && silentNanos.getAsLong() > LONELY_NANOS);
    if (!announced || lonely) {
      others.forEach(this::greet);
    }
    loop.after(announced && !lonely ? PAUSE_AT_REST_MILLIS : PAUSE_MILLIS, this::round);
  }

  private void noteLoneliness(boolean now) {
    if (now && !lonely && announced) {
      log.info("no other PD member is heard; this one says again that it is at {}", self);
      whenLonely.run();
    }
    if (!now && lonely && announced) {
      closeChannels();
    }
    lonely = now;
  }

  private void greet(HostPort address) {
    ManagedChannel channel = channelByAddress.computeIfAbsent(address, channels::open);
    channel.resetConnectBackoff();
    Greetings.say(channel, members.members(), members::greeted, () -> {});
  }

  // ---- where members are said to be

  private void look(Member hint) {
    HostPort known = members.addressOf(hint.getId());
    HostPort there = MemberBook.address(hint);
    if (over
        || there == null
        || there.equals(self)
        || askedFor.size() >= HINTS_MAX
        || !askedFor.add(hint.getId())) {
      return;
    }
    if (known == null) {
      askThere(hint, there);
    } else {
      ask(
          known,
          hint.getId(),
          _ -> {
            log.warn(
                "PD member {} answers at {}; that it is at {} is not believed. Was a copy of its"
                    + " directory started there?",
                hint.getName(),
                known,
                there);
            askedFor.remove(hint.getId());
          },
          () -> askThere(hint, there));
    }
  }

  private void askThere(Member hint, HostPort there) {
    ask(
        there,
        hint.getId(),
        answering -> {
          askedFor.remove(hint.getId());
          members.met(there, answering);
        },
        () -> askedFor.remove(hint.getId()));
  }

  /** Asks who is at {@code address}. */
  private void ask(HostPort address, long memberId, Met met, Runnable notThere) {
    ManagedChannel channel = channels.open(address);
    Greetings.say(
        channel,
        List.of(),
        answer ->
            loop.executeOrRun(() -> {
              channel.shutdownNow();
              if (!answer.isEmpty() && answer.getFirst().getId() == memberId) {
                met.met(answer.getFirst());
              } else {
                notThere.run();
              }
            }),
        () ->
            loop.executeOrRun(() -> {
              channel.shutdownNow();
              notThere.run();
            }));
  }

  private interface Met {
    void met(Member answering);
  }

  private void closeChannels() {
    channelByAddress.values().forEach(ManagedChannel::shutdownNow);
    channelByAddress.clear();
  }

  @Override
  public void close() {
    loop.executeOrRun(() -> {
      over = true;
      closeChannels();
    });
  }
}
