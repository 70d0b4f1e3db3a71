package dev.terrane.server.pdlink;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.terranepb.IdentifyRequest;
import dev.terrane.proto.terranepb.IdentifyResponse;
import dev.terrane.proto.terranepb.InternalGrpc;
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

  /** Says in {@code verdict} why {@code self} is not the store that PD knows; or "". */
  void compare(Store self, GetStoreResponse known, PdLink.Reply<String> verdict) {
    Store store = known.getStore();
    if (known.getHeader().hasError() || store.getId() != self.getId()) {
      verdict.answered("");
    } else if (store.getStarts() > self.getStarts()) {
      verdict.answered(
          ("store %d was started %d times as PD knows, but this directory knows of %d starts only: an"
                  + " older copy of it was put back. What it has acknowledged since is missing, so it"
                  + " must not vote. Put the newest copy back; or, if that is lost, start with an"
                  + " empty directory, as a new store, and remove this one: terrane ctl store remove"
                  + " %d --destroyed")
              .formatted(self.getId(), store.getStarts(), self.getStarts(), self.getId()));
    } else if (store.getAddress().equals(self.getAddress())) {
      verdict.answered("");
    } else {
      askAt(store.getAddress(), self, known.getHeader().getClusterId(), verdict);
    }
  }

  private void askAt(String address, Store self, long clusterId, PdLink.Reply<String> verdict) {
    ManagedChannel channel;
    try {
      channel = channels.open(HostPort.parse(address));
    } catch (IllegalArgumentException e) {
      verdict.answered(""); // it has no address, so it answers nowhere
      return;
    }
    InternalGrpc.newStub(channel)
        .withDeadline(channels.deadlineAfter(ANSWER_MILLIS))
        .identify(
            IdentifyRequest.getDefaultInstance(),
            new Answer(
                channel,
                given -> {
                  boolean twin =
                      given.getStoreId() == self.getId()
                          && (clusterId == 0 || given.getClusterId() == clusterId);
                  verdict.answered(twin ? answersAt(self, address) : "");
                }));
  }

  private static String answersAt(Store self, String address) {
    return ("store %d answers at %s: this directory is a copy of its. Two stores with one identity"
            + " would lose data, so this one does not take part. To move the store, stop that node"
            + " first; for another store, start with an empty directory")
        .formatted(self.getId(), address);
  }

  /** Hears one answer, an empty one where nobody answers. */
  private static final class Answer implements StreamObserver<IdentifyResponse> {
    private final ManagedChannel channel;
    private final Consumer<IdentifyResponse> heard;
    private IdentifyResponse given = IdentifyResponse.getDefaultInstance();

    Answer(ManagedChannel channel, Consumer<IdentifyResponse> heard) {
      this.channel = channel;
      this.heard = heard;
    }

    @Override
    public void onNext(IdentifyResponse response) {
      given = response;
    }

    @Override
    public void onError(Throwable failure) {
      log.debug("nobody says who is at {}", channel.authority(), failure);
      end();
    }

    @Override
    public void onCompleted() {
      end();
    }

    private void end() {
      channel.shutdownNow();
      heard.accept(given);
    }
  }
}
