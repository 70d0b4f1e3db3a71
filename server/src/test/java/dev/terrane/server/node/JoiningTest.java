package dev.terrane.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrane.proto.pdpb.Error;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.MemberStatus;
import dev.terrane.server.net.EventLoops;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.run.SystemTimeSource;
import dev.terrane.store.PdLink;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoiningTest {
  private final EventLoops loops = new EventLoops("joining-test", 1);
  private final AtomicInteger asked = new AtomicInteger();
  private final LoopExecutor loop =
      loops.executor((where, failure) -> {
        throw new AssertionError(where, failure);
      });

  @AfterEach
  void close() {
    loops.close();
  }

  private Joining joining(Duration patience) {
    return new Joining(loop, new SystemTimeSource(), patience);
  }

  @Test
  void asksUntilItIsAnswered() {
    String answer =
        joining(Duration.ofSeconds(60))
            .untilAnswered(
                "PD does not answer",
                (PdLink.Reply<String> reply) -> {
                  if (asked.incrementAndGet() < 3) {
                    reply.failed("no leader " + asked);
                  } else {
                    reply.answered("cluster 7");
                  }
                });
    assertThat(answer).isEqualTo("cluster 7");
    assertThat(asked).hasValue(3);
  }

  @Test
  void aMemberThatPdTakesForAliveIsTakenInOnceItIsKnownToBeGone() {
    Member member = Member.newBuilder().setId(9).setName("n2").build();
    AddMemberResponse answer =
        joining(Duration.ofSeconds(60))
            .addMember((PdLink.Reply<AddMemberResponse> reply) ->
                reply.answered(
                    asked.incrementAndGet() < 3
                        ? refused("PD member n2 has the same name, and is alive")
                        : AddMemberResponse.newBuilder()
                            .addMembers(MemberStatus.newBuilder().setMember(member))
                            .build()));
    assertThat(answer.getMembersList()).extracting(MemberStatus::getMember).containsExactly(member);
    assertThat(asked).hasValue(3);
  }

  private static AddMemberResponse refused(String why) {
    return AddMemberResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setError(Error.newBuilder().setMessage(why)))
        .build();
  }

  @Test
  void saysWhyTheLastAttemptFailedAndAsksNoMore() {
    assertThatThrownBy(() ->
            joining(Duration.ofMillis(250))
                .untilAnswered(
                    "PD does not answer",
                    (PdLink.Reply<String> reply) -> {
                      asked.incrementAndGet();
                      reply.failed("nobody at 127.0.0.1:1");
                    }))
        .isInstanceOf(NodeStartException.NoAnswer.class)
        .hasMessage("PD does not answer: nobody at 127.0.0.1:1");
    assertThat(asked.get()).isBetween(1, 3);
  }

  @Test
  void aQuestionThatIsNeverAnsweredEndsWithTheTime() {
    assertThatThrownBy(() ->
            joining(Duration.ofMillis(50))
                .untilAnswered(
                    "PD does not answer", (PdLink.Reply<String> reply) -> asked.incrementAndGet()))
        .isInstanceOf(NodeStartException.NoAnswer.class)
        .hasMessage("PD does not answer: no answer");
    assertThat(asked).hasValue(1);
  }

  @Test
  void aNodeThatIsToldToStopWhileItStartsWaitsNoLonger() {
    Thread starting = Thread.currentThread();
    assertThatThrownBy(() ->
            joining(Duration.ofSeconds(60))
                .untilAnswered(
                    "PD does not answer", (PdLink.Reply<String> reply) -> starting.interrupt()))
        .isExactlyInstanceOf(NodeStartException.class)
        .hasMessage("interrupted while starting");
    assertThat(Thread.interrupted()).as("the thread is told too").isTrue();
  }
}
