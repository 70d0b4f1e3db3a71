package dev.terrane.server.node;

import dev.terrane.proto.terranepd.GreetRequest;
import dev.terrane.proto.terranepd.GreetResponse;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Greets whoever is behind a channel as a member of PD. */
final class Greetings {
  private static final Logger log = LoggerFactory.getLogger(Greetings.class);
  private static final long ANSWER_MILLIS = 1000;

  private Greetings() {}

  /**
   * Says {@code known}, and calls one of the two once, on any thread.
   *
   * @param heard hears who answers, and then the others as far as that one knows
   */
  static void say(
      ManagedChannel channel, List<Member> known, Consumer<List<Member>> heard, Runnable failed) {
    PdInternalGrpc.newStub(channel)
        .withDeadlineAfter(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .greet(
            GreetRequest.newBuilder().addAllKnown(known).build(),
            new StreamObserver<>() {
              private GreetResponse answer = GreetResponse.getDefaultInstance();

              @Override
              public void onNext(GreetResponse response) {
                answer = response;
              }

              @Override
              public void onError(Throwable failure) {
                log.debug("nobody to greet at {}", channel.authority(), failure);
                failed.run();
              }

              @Override
              public void onCompleted() {
                heard.accept(answer.getKnownList());
              }
            });
  }
}
