package dev.terrane.server.node;

import dev.terrane.pd.PdRecovered;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.server.config.ConfigException;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.transport.MemberBook;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, before a member of PD starts, whether its directory is the one that the member has
 * lived in: not if the member answers elsewhere, which makes this a copy; nor if others know of
 * later starts, which makes it an older copy that was put back. Either would vote twice in a term,
 * or deny what it has acknowledged.
 */
final class MemberTwin {
  private static final Logger log = LoggerFactory.getLogger(MemberTwin.class);
  private static final long PATIENCE_MILLIS = 1500;

  private record Answer(HostPort asked, List<Member> known) {
    boolean isEmpty() {
      return known.isEmpty();
    }
  }

  private MemberTwin() {}

  /**
   * Asks whoever can be asked. Where nobody answers, the member may start.
   *
   * @param starts how often it was started as its directory knows
   * @throws ConfigException if it must not start, saying what can be done
   */
  static void refuse(
      PdRecovered recovered,
      long starts,
      HostPort self,
      List<HostPort> given,
      GrpcChannels channels) {
    if (recovered.state() == null) {
      return; // it has never been a member
    }
    ClusterState state = ClusterState.decode(recovered.state());
    Set<HostPort> places = new LinkedHashSet<>(given);
    state.members().all().stream()
        .map(MemberBook::address)
        .filter(Objects::nonNull)
        .forEach(places::add);
    places.remove(self);
    List<Answer> answers = ask(places, channels);
    for (Answer answer : answers) {
      compare(answer, recovered.memberId(), starts);
    }
    if (state.members().all().size() > 1 && answers.stream().allMatch(Answer::isEmpty)) {
      log.warn(
          "PD member {} starts from a directory that knows of {} starts, and no other member could"
              + " be asked whether that is the newest there is. If it was put back from a copy, stop"
              + " this node now: two members with older data may elect a leader that lacks what PD"
              + " has acknowledged since. Start the other members first, which know better",
          recovered.memberId(),
          starts);
    }
  }

  private static void compare(Answer answer, long memberId, long starts) {
    if (answer.isEmpty()) {
      return;
    }
    Member answering = answer.known.getFirst();
    if (answering.getId() == memberId) {
      throw new ConfigException(
          ("PD member %s (%d) answers at %s: this directory is a copy of its. Two members with one"
                  + " identity would vote twice, so this one does not start. To move the member,"
                  + " stop that node first; for another member, start with an empty directory")
              .formatted(answering.getName(), memberId, answer.asked));
    }
    for (Member told : answer.known) {
      if (told.getId() == memberId && told.getStarts() > starts) {
        throw new ConfigException(
            ("PD member %s (%d) was started %d times as the member at %s knows, but this directory"
                    + " knows of %d starts only: an older copy of it was put back. What it has"
                    + " acknowledged since is missing, so it must not vote. Put the newest copy"
                    + " back; or, if that is lost, move the folder 'pd' of this directory away and"
                    + " start with --join %s: it comes back as a new member in this one's place")
                .formatted(
                    told.getName(),
                    memberId,
                    told.getStarts(),
                    answer.asked,
                    starts,
                    answer.asked));
      }
    }
  }

  private static List<Answer> ask(Set<HostPort> places, GrpcChannels channels) {
    CountDownLatch pending = new CountDownLatch(places.size());
    Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    List<ManagedChannel> opened = new ArrayList<>();
    for (HostPort place : places) {
      ManagedChannel channel = channels.open(place);
      opened.add(channel);
      Greetings.say(
          channel,
          List.of(),
          known -> {
            answers.add(new Answer(place, known));
            pending.countDown();
          },
          pending::countDown);
    }
    try {
      boolean _ = pending.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeStartException("interrupted while starting", e);
    } finally {
      opened.forEach(ManagedChannel::shutdownNow);
    }
    return List.copyOf(answers);
  }
}
