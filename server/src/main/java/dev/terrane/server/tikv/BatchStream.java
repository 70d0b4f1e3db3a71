package dev.terrane.server.tikv;

import dev.terrane.common.Invariant;
import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsRequest.Request;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.server.traffic.WireAnswer;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's stream of batched commands: the fast path. Answers that come together leave
 * together, in any order, each with its request's id, exactly once.
 *
 * <p>The commands of a message are started in turns of a bounded number of keys and pairs: other
 * connections have theirs in between. Answers come on any thread and are queued; one task on the
 * event loop sends what has gathered since it was scheduled. Only that task writes to the stream,
 * or has a message that is large written by another thread, and waits until that is done.
 *
 * <p>Bounded by the commands that have not been answered to the client: past the bound the client's
 * next message is not asked for, which stops the client through HTTP/2's flow control. A client
 * that does not read its answers is bounded by their bytes: past that bound no further command is
 * started, not even of a message that has come; what is under way then still comes on top. All
 * streams together are bounded by the node's traffic: messages and answers are counted on it, and
 * where there is no room commands are answered ServerIsBusy.
 *
 * <p>Ends when the client has half-closed and everything is answered; when the client has gone; or
 * with UNAVAILABLE when the server drains. A command that is for another cluster ends it at once.
 */
final class BatchStream implements StreamObserver<BatchCommandsRequest> {
  /** Commands without an answer at which a stream stops asking for more. */
  static final int OUTSTANDING_MAX = 4096;

  /** Commands in one message; published clients send 128, ours no more than are outstanding. */
  static final int COMMANDS_PER_MESSAGE_MAX = 1 << 14;

  /** Bytes of answers that wait for the client at which no further command is started. */
  static final long ANSWER_BYTES_MAX = 8 << 20;

  /** Keys and pairs of the commands that are started without a break. */
  static final int ITEMS_PER_TURN = 512;

  /** Counted beforehand: an answer without data, so that it never fails for want of room. */
  private static final int ANSWER_BYTES = 128;

  private static final int RESPONSES_PER_MESSAGE_MAX = 512;
  private static final int RESPONSE_MESSAGE_BYTES_MAX = 1 << 20;

  /** From there on an answer in wire form is not written out by the event loop. */
  private static final int LARGE_ANSWER_BYTES = 256 << 10;

  private final ServerCallStreamObserver<BatchCommandsResponse> client;
  private final BatchedRequests requests;
  private final Executor eventLoop;
  private final Consumer<BatchStream> whenEnded;
  private final CallTraffic traffic;

  private final ConcurrentLinkedQueue<BatchAnswer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicLong answerBytes = new AtomicLong();
  private final AtomicBoolean sendScheduled = new AtomicBoolean();
  private final AtomicBoolean messageWanted = new AtomicBoolean();

  /**
   * The message whose commands wait for the client to read, or for their turn; while there is one
   * no other is asked for.
   */
  private volatile @Nullable BatchMessage held;

  private volatile boolean clientDone;
  private volatile boolean draining;

  /** A command was for another server: so is the stream, which ends, and starts nothing more. */
  private volatile boolean refused;

  private boolean ended;
  private boolean healthTold;

  /** Another thread is writing a message to the client, whom nobody else may turn to meanwhile. */
  private boolean writing;

  /** How the stream is to end when that is done. */
  private @Nullable Status endAfterWriting;

  /**
   * @param eventLoop runs one task after the other
   * @param whenEnded called once, on the event loop or the call's thread
   */
  BatchStream(
      ServerCallStreamObserver<BatchCommandsResponse> client,
      BatchedRequests requests,
      Executor eventLoop,
      Consumer<BatchStream> whenEnded,
      CallTraffic traffic) {
    this.client = client;
    this.requests = requests;
    this.eventLoop = eventLoop;
    this.whenEnded = whenEnded;
    this.traffic = traffic;
  }

  /** Before the first message. */
  void start() {
    client.disableAutoRequest();
    client.setOnReadyHandler(this::scheduleSend);
    client.setOnCancelHandler(() -> eventLoop.execute(this::clientGone));
    client.request(1);
  }

  @Override
  public void onNext(BatchCommandsRequest message) {
    int count = message.getRequestsCount();
    if (count != message.getRequestIdsCount()) {
      Status status =
          Status.INVALID_ARGUMENT.withDescription(
              count + " requests with " + message.getRequestIdsCount() + " ids");
      eventLoop.execute(() -> end(status));
      return;
    }
    if (count > COMMANDS_PER_MESSAGE_MAX) {
      Status status =
          Status.RESOURCE_EXHAUSTED.withDescription(
              count
                  + " commands in a message, more than the limit of "
                  + COMMANDS_PER_MESSAGE_MAX
                  + "; send several smaller ones");
      eventLoop.execute(() -> end(status));
      return;
    }
    outstanding.addAndGet(count);
    Charge charge = traffic.open();
    BatchMessage taken = new BatchMessage(message, charge);
    if (charge.take(traffic.messageBytes() + (long) count * ANSWER_BYTES)) {
      start(taken);
    } else {
      refuse(taken);
    }
  }

  private void start(BatchMessage taken) {
    BatchCommandsRequest message = taken.message();
    int items = 0;
    while (!taken.isStarted()) {
      boolean unread = answerBytes.get() > ANSWER_BYTES_MAX;
      if (unread || items >= ITEMS_PER_TURN) {
        held = taken;
        if (unread) {
          scheduleSend(); // everything may have been sent before this was seen to be held
        } else {
          eventLoop.execute(this::startHeld);
        }
        return;
      }
      if (refused) {
        taken.drop();
        return;
      }
      Request request = message.getRequests(taken.next);
      long id = message.getRequestIds(taken.next);
      taken.next++;
      items += BatchedRequests.items(request);
      requests.handle(request, new BatchAnswer(id, taken, traffic, this));
    }
    taken.answered();
    messageWanted.set(true);
    wantNextMessage();
  }

  private void refuse(BatchMessage taken) {
    BatchCommandsRequest message = taken.message();
    while (!taken.isStarted()) {
      Request request = message.getRequests(taken.next);
      long id = message.getRequestIds(taken.next);
      taken.next++;
      new BatchAnswer(id, taken, traffic, this).send(BatchedRequests.noRoom(request));
    }
    taken.answered();
    messageWanted.set(true);
    wantNextMessage();
  }

  private void startHeld() {
    BatchMessage waiting = held;
    if (waiting != null && !ended && answerBytes.get() <= ANSWER_BYTES_MAX) {
      held = null;
      start(waiting);
    }
  }

  /** Bytes of answers that wait for the client to read. */
  long answerBytes() {
    return answerBytes.get();
  }

  /** The same, and what gRPC holds of them. */
  long unreadBytes() {
    return answerBytes.get() + traffic.sending().bytes();
  }

  /** Takes the answer to one command, from any thread. */
  void answer(BatchAnswer made) {
    answerBytes.addAndGet(made.bytes());
    answers.add(made);
    scheduleSend();
  }

  /** A command was for another server. */
  void refuse(Status why) {
    refused = true;
    eventLoop.execute(() -> end(why));
  }

  private void scheduleSend() {
    if (!sendScheduled.get() && sendScheduled.compareAndSet(false, true)) {
      eventLoop.execute(this::send);
    }
  }

  private void send() {
    sendScheduled.set(false);
    if (ended) {
      dropAll();
      return;
    }
    int sent = 0;
    while (!writing && client.isReady() && !answers.isEmpty()) {
      sent += sendOne();
    }
    if (sent > 0) {
      int left = outstanding.addAndGet(-sent);
      Invariant.check(left >= 0, "%d answers more than requests", -left);
      wantNextMessage();
    }
    startHeld();
    if (!writing && answers.isEmpty() && outstanding.get() == 0) {
      if (clientDone) {
        end(Status.OK);
      } else if (draining) {
        end(Status.UNAVAILABLE.withDescription("store is stopping"));
      }
    }
  }

  private int sendOne() {
    BatchCommandsResponse.Builder message = BatchCommandsResponse.newBuilder();
    int count = 0;
    long bytes = 0;
    while (count < RESPONSES_PER_MESSAGE_MAX && bytes < RESPONSE_MESSAGE_BYTES_MAX) {
      @Nullable BatchAnswer answer = answers.peek();
      if (answer == null || (answer.large() != null && count > 0)) {
        break;
      }
      answers.remove();
      bytes += answer.bytes();
      count++;
      answer.handOver();
      message.addRequestIds(answer.id());
      WireAnswer large = answer.large();
      if (large != null) {
        sent(bytes, message);
        sendAlone(large.in(BatchCommandsResponse.RESPONSES_FIELD_NUMBER).with(message.build()));
        return count;
      }
      message.addResponses(answer.response());
    }
    sent(bytes, message);
    BatchCommandsResponse made = message.build();
    write(bytes > RESPONSE_MESSAGE_BYTES_MAX, () -> client.onNext(made));
    return count;
  }

  private void sent(long bytes, BatchCommandsResponse.Builder message) {
    answerBytes.addAndGet(-bytes);
    tellHealth(message);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the call's marshaller knows
  private void sendAlone(WireAnswer message) {
    write(
        message.bytes() > LARGE_ANSWER_BYTES,
        () -> {
          try {
            ((StreamObserver) client).onNext(message);
          } finally {
            message.free();
          }
        });
  }

  /** Has another thread write to the client where that takes long. */
  private void write(boolean takesLong, Runnable toClient) {
    if (takesLong) {
      writing = true;
      Runnable elsewhere =
          () -> {
            try {
              toClient.run();
            } finally {
              eventLoop.execute(this::afterWriting);
            }
          };
      if (traffic.elsewhere(elsewhere)) {
        return;
      }
      writing = false;
    }
    toClient.run();
  }

  private void afterWriting() {
    writing = false;
    Status end = endAfterWriting;
    if (end != null) {
      tellEnd(end);
    } else {
      send();
    }
  }

  /** In a stream's first message, and beside each answer about it, which some clients overlook. */
  private void tellHealth(BatchCommandsResponse.Builder message) {
    for (Response response : message.getResponsesList()) {
      if (response.hasGetHealthFeedback()) {
        message.setHealthFeedback(response.getGetHealthFeedback().getHealthFeedback());
        healthTold = true;
      }
    }
    if (!healthTold) {
      message.setHealthFeedback(requests.healthFeedback());
      healthTold = true;
    }
  }

  private void wantNextMessage() {
    if (outstanding.get() < OUTSTANDING_MAX && messageWanted.compareAndSet(true, false)) {
      client.request(1);
    }
  }

  /** Answers what has been asked, then ends the stream so that the client goes elsewhere. */
  void drain() {
    draining = true;
    scheduleSend();
  }

  @Override
  public void onCompleted() {
    clientDone = true;
    scheduleSend();
  }

  @Override
  public void onError(Throwable broken) {
    eventLoop.execute(this::clientGone);
  }

  private void clientGone() {
    if (!ended) {
      ended = true;
      dropAll();
      whenEnded.accept(this);
    }
  }

  private void dropAll() {
    for (BatchAnswer answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.drop();
    }
    BatchMessage unstarted = held;
    held = null;
    if (unstarted != null) {
      unstarted.drop();
    }
  }

  private void end(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    dropAll();
    whenEnded.accept(this);
    if (writing) {
      endAfterWriting = status;
    } else {
      tellEnd(status);
    }
  }

  private void tellEnd(Status status) {
    if (status.isOk()) {
      client.onCompleted();
    } else {
      client.onError(status.asRuntimeException());
    }
  }
}
