package dev.terrane.server.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.terrane.pd.PdReply;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.server.net.LoopExecutor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stream takes in no more than is answered and read. */
class OrderedStreamTest {
  private static final LoopExecutor HERE =
      new LoopExecutor() {
        @Override
        public void executeOrRun(Runnable task) {
          task.run();
        }

        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void after(long millis, Runnable task) {
          throw new UnsupportedOperationException();
        }
      };

  /** A client that reads is asked for more without an end. */
  private static final int PUMPED_MAX = 1_000;

  /** A client that has any number of requests to send, and reads when it wants. */
  private static class Client extends ServerCallStreamObserver<TsoResponse> {
    private final TsoRequest request;
    private int requested;
    private int sent;
    private int answered;
    private boolean reads;
    private boolean over;
    private Runnable onReady = () -> {};

    Client(TsoRequest request) {
      this.request = request;
    }

    /** Sends what it may. */
    void pump(StreamObserver<TsoRequest> stream) {
      for (int i = 0; i < PUMPED_MAX && requested > 0 && !over; i++) {
        requested--;
        sent++;
        stream.onNext(request);
      }
    }

    void read() {
      reads = true;
      onReady.run();
    }

    @Override
    public boolean isReady() {
      return reads;
    }

    @Override
    public void request(int count) {
      requested += count;
    }

    @Override
    public void onNext(TsoResponse value) {
      assertThat(reads).as("only what is read is sent").isTrue();
      answered++;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void onError(Throwable t) {
      over = true;
    }

    @Override
    public void onCompleted() {
      over = true;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }

  private final StreamTurns turns = new StreamTurns(256, 4 << 20);

  private static TsoRequest request(int bytes) {
    return TsoRequest.newBuilder()
        .setDcLocationBytes(ByteString.copyFrom(new byte[bytes]))
        .setCount(1)
        .build();
  }

  private StreamObserver<TsoRequest> open(Client client) {
    return OrderedStream.open(
        client, HERE, turns, (request, reply) -> reply.answer(TsoResponse.getDefaultInstance()));
  }

  @Test
  void aClientThatDoesNotReadIsNotReadFromEither() {
    Client client = new Client(request(0));
    StreamObserver<TsoRequest> stream = open(client);
    client.pump(stream);
    assertThat(client.sent).isEqualTo(64);
    assertThat(client.answered).isZero();
    client.read();
    assertThat(client.answered).isEqualTo(64);
    client.pump(stream);
    assertThat(client.answered).as("goes on as fast as it reads").isEqualTo(64 + PUMPED_MAX);
  }

  @Test
  void largeRequestsAreFewer() {
    Client client = new Client(request(512 << 10));
    client.pump(open(client));
    assertThat(client.sent).isLessThanOrEqualTo(3);
  }

  @Test
  void allStreamsOfANodeTogetherAreBoundedAndEachGoesOn() {
    List<Client> clients = new ArrayList<>();
    List<StreamObserver<TsoRequest>> streams = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Client client = new Client(request(0));
      clients.add(client);
      streams.add(open(client));
    }
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).pump(streams.get(i));
    }
    assertThat(clients.stream().mapToInt(client -> client.sent).sum())
        .isLessThanOrEqualTo(1_000 + 256);
    assertThat(clients).allSatisfy(client -> assertThat(client.sent).isPositive());
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).read();
      clients.get(i).pump(streams.get(i));
      assertThat(clients.get(i).answered).as("client %d", i).isPositive();
    }
    for (int i = 0; i < clients.size(); i++) {
      int before = clients.get(i).sent;
      clients.get(i).pump(streams.get(i));
      clients.get(i).pump(streams.get(i));
      assertThat(clients.get(i).sent).as("client %d", i).isGreaterThanOrEqualTo(before);
      streams.get(i).onError(new IllegalStateException("gone"));
    }
    Client last = new Client(request(0));
    last.pump(open(last));
    assertThat(last.sent).as("everything was given back").isEqualTo(64);
  }

  @Test
  void answersKeepTheOrderOfTheirRequests() {
    Deque<PdReply<TsoResponse>> replies = new ArrayDeque<>();
    List<Integer> counts = new ArrayList<>();
    Client client =
        new Client(request(0)) {
          @Override
          public void onNext(TsoResponse value) {
            counts.add(value.getCount());
          }
        };
    client.reads = true;
    StreamObserver<TsoRequest> stream =
        OrderedStream.open(client, HERE, turns, (request, reply) -> replies.add(reply));
    stream.onNext(request(0));
    stream.onNext(request(0));
    replies.removeLast().answer(TsoResponse.newBuilder().setCount(2).build());
    assertThat(counts).isEmpty();
    replies.removeLast().answer(TsoResponse.newBuilder().setCount(1).build());
    assertThat(counts).containsExactly(1, 2);
    stream.onCompleted();
    assertThat(client.over).isTrue();
  }
}
