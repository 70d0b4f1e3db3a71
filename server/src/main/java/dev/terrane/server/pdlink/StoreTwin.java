package dev.terrane.server.pdlink;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.terranepb.IdentifyRequest;
import dev.terrane.proto.terranepb.IdentifyResponse;
import dev.terrane.proto.terranepb.InternalGrpc;
import dev.terrane.server.net.Absence;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.store.PdLink;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a store is the one that PD knows under its id: not if that one answers where PD
 * has it, and this one is elsewhere, which makes this one a copy; nor if PD has seen later starts
 * than this one knows of, which makes it an older copy that was put back.
 */
final class StoreTwin {
  private static final Logger log = LoggerFactory.getLogger(StoreTwin.class);
  private static final long ANSWER_MILLIS = 1000;

  private final GrpcChannels channels;

  StoreTwin(GrpcChannels channels) {
    this.channels = channels;
  }

  /** What a store has found out about itself. */
  sealed interface Verdict {
    /** Nothing speaks against it. Where PD has it elsewhere, it may still run there. */
    record Welcome() implements Verdict {}

    /** It does not run where PD has it, {@code address}. */
    record Moved(String address) implements Verdict {}

    /** It must not take part; {@code why} is for an operator. */
    record Refused(String why) implements Verdict {}
  }

  private static final Verdict WELCOME = new Verdict.Welcome();

  /** Says whether {@code self} is the store that PD knows. */
  void compare(Store self, GetStoreResponse known, PdLink.Reply<Verdict> verdict) {
    Store store = known.getStore();
    if (known.getHeader().hasError() || store.getId() != self.getId()) {
      verdict.answered(WELCOME);
    } else if (isOlder(self, store)) {
      verdict.answered(
          new Verdict.Refused(
              ("store %d was started %d times as PD knows, but this directory knows of %d starts"
                      + " only: an older copy of it was put back. What it has acknowledged since is"
                      + " missing, so it must not vote. Put the newest copy back; or, if that is"
                      + " lost, start with an empty directory, as a new store, and remove this one:"
                      + " terrane ctl store remove %d --destroyed")
                  .formatted(self.getId(), store.getStarts(), self.getStarts(), self.getId())));
    } else if (store.getAddress().isEmpty() || store.getAddress().equals(self.getAddress())) {
      verdict.answered(WELCOME);
    } else {
      askAt(store.getAddress(), self, known.getHeader().getClusterId(), verdict);
    }
  }

  private void askAt(String address, Store self, long clusterId, PdLink.Reply<Verdict> verdict) {
    ManagedChannel channel;
    try {
      channel = channels.open(HostPort.parse(address));
    } catch (IllegalArgumentException e) {
      verdict.answered(new Verdict.Moved(address)); // where nobody can be
      return;
    }
    InternalGrpc.newStub(channel)
        .withDeadline(channels.deadlineAfter(ANSWER_MILLIS))
        .identify(
            IdentifyRequest.getDefaultInstance(),
            new Answer(
                channel,
                given -> verdict.answered(verdictOn(given, address, self, clusterId)),
                failure -> verdict.answered(verdictOn(failure, address))));
  }

  /** Whether PD knows of later starts. */
  private static boolean isOlder(Store self, Store known) {
    return known.getStarts() > self.getStarts();
  }

  private static Verdict verdictOn(
      IdentifyResponse given, String address, Store self, long clusterId) {
    return isTwin(given, self, clusterId)
        ? new Verdict.Refused(answersAt(self, address))
        : new Verdict.Moved(address);
  }

  private static Verdict verdictOn(Throwable failure, String address) {
    return Absence.isShownBy(failure) ? new Verdict.Moved(address) : WELCOME;
  }

  private static boolean isTwin(IdentifyResponse given, Store self, long clusterId) {
    return given.getStoreId() == self.getId()
        && (clusterId == 0 || given.getClusterId() == clusterId);
  }

  private static String answersAt(Store self, String address) {
    return ("store %d answers at %s: this directory is a copy of its. Two stores with one identity"
            + " would lose data, so this one does not take part. To move the store, stop that node"
            + " first; for another store, start with an empty directory")
        .formatted(self.getId(), address);
  }

  /** Hears one answer, or that there is none. */
  private static final class Answer implements StreamObserver<IdentifyResponse> {
    private final ManagedChannel channel;
    private final Consumer<IdentifyResponse> heard;
    private final Consumer<Throwable> failed;
    private IdentifyResponse given = IdentifyResponse.getDefaultInstance();

    Answer(ManagedChannel channel, Consumer<IdentifyResponse> heard, Consumer<Throwable> failed) {
      this.channel = channel;
      this.heard = heard;
      this.failed = failed;
    }

    @Override
    public void onNext(IdentifyResponse response) {
      given = response;
    }

    @Override
    public void onError(Throwable failure) {
      log.debug("nobody says who is at {}", channel.authority(), failure);
      channel.shutdownNow();
      failed.accept(failure);
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
      heard.accept(given);
    }
  }
}
