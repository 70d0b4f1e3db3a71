package dev.terrane.server.pd;

import com.google.protobuf.MessageLite;
import dev.terrane.common.traffic.Charge;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.server.traffic.NoRoom;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A stream with one response for each request, in the order of the requests, whichever is ready
 * first. When the client has half-closed and everything is answered, the stream completes: the Java
 * client waits for that, for each timestamp. A refusal ends the stream at once.
 *
 * <p>A request is asked for only while the client reads its answers: what waits for it is bounded
 * in number and bytes, by stream and, by {@link StreamTurns}, for the whole node.
 *
 * <p>Confined to one event loop; PD's answers are brought there.
 */
final class OrderedStream<Q extends MessageLite, R extends MessageLite>
    implements StreamObserver<Q> {
  /** Requests that wait for their answer, or for the client to read it. */
  private static final int OUTSTANDING_MAX = 64;

  /** Requests and answers that a stream holds, before it asks for no more. */
  private static final long HELD_BYTES_MAX = 1 << 20;

  private final ServerCallStreamObserver<R> client;
  private final LoopExecutor loop;
  private final StreamTurns turns;
  private final BiConsumer<Q, PdReply<R>> handler;
  private final CallTraffic traffic = CallTraffic.current();
  private final ArrayDeque<Slot<R>> slots = new ArrayDeque<>();

  /** Asked for, and not yet come. */
  private int asked;

  /** Of {@link #asked} and {@link #slots}, how many were taken from the node's turns. */
  private int taken;

  private long heldBytes;

  /** The size of the latest request, which the next is taken to have. */
  private long lastBytes;

  private boolean awaitsTurn;
  private boolean clientDone;
  private boolean ended;

  /** Holds one answer until those before it have been sent. */
  private static final class Slot<R> {
    private final Charge charge;
    private Optional<R> response = Optional.empty();
    private long bytes;

    Slot(long bytes, Charge charge) {
      this.bytes = bytes;
      this.charge = charge;
    }
  }

  private OrderedStream(
      ServerCallStreamObserver<R> client,
      LoopExecutor loop,
      StreamTurns turns,
      BiConsumer<Q, PdReply<R>> handler) {
    this.client = client;
    this.loop = loop;
    this.turns = turns;
    this.handler = handler;
  }

  static <Q extends MessageLite, R extends MessageLite> OrderedStream<Q, R> open(
      StreamObserver<R> client,
      LoopExecutor loop,
      StreamTurns turns,
      BiConsumer<Q, PdReply<R>> handler) {
    OrderedStream<Q, R> stream =
        new OrderedStream<>((ServerCallStreamObserver<R>) client, loop, turns, handler);
    stream.client.disableAutoRequest();
    stream.client.setOnCancelHandler(() -> loop.executeOrRun(stream::clientGone));
    stream.client.setOnReadyHandler(() -> loop.executeOrRun(stream::sendReady));
    stream.asked = 1;
    stream.client.request(1); // without a turn: every stream has this one
    return stream;
  }

  @Override
  public void onNext(Q request) {
    long bytes = Math.max(request.getSerializedSize(), traffic.messageBytes());
    Charge charge = traffic.keepMessage();
    loop.executeOrRun(() -> {
      if (charge == null) {
        end(NoRoom.STATUS);
      } else if (ended) {
        charge.close();
      } else {
        take(request, bytes, charge);
      }
    });
  }

  private void take(Q request, long bytes, Charge charge) {
    asked--;
    lastBytes = bytes;
    Slot<R> slot = new Slot<>(lastBytes, charge);
    slots.add(slot);
    hold(slot.bytes);
    handler.accept(
        request,
        new PdReply<>() {
          @Override
          public void answer(R response) {
            loop.executeOrRun(() -> answered(slot, response));
          }

          @Override
          public void refuse(PdRefusal refusal) {
            loop.executeOrRun(() -> end(PdStatuses.of(refusal)));
          }
        });
    askForMore();
  }

  private void answered(Slot<R> slot, R response) {
    if (ended) {
      return;
    }
    long bytes = response.getSerializedSize();
    if (!slot.charge.take(bytes)) {
      end(NoRoom.STATUS);
      return;
    }
    hold(bytes);
    slot.bytes += bytes;
    slot.response = Optional.of(response);
    sendReady();
  }

  private void hold(long bytes) {
    heldBytes += bytes;
    turns.hold(bytes);
  }

  private void sendReady() {
    while (!ended && client.isReady() && !slots.isEmpty() && slots.element().response.isPresent()) {
      Slot<R> first = slots.remove();
      client.onNext(first.response.orElseThrow());
      first.charge.close();
      heldBytes -= first.bytes;
      turns.release(first.bytes);
      if (taken > 0 && taken >= asked + slots.size()) {
        taken--;
        turns.giveBack();
      }
    }
    askForMore();
    completeWhenAnswered();
  }

  private void askForMore() {
    while (!ended
        && !clientDone
        && asked + slots.size() < OUTSTANDING_MAX
        && heldBytes + asked * lastBytes < HELD_BYTES_MAX) {
      boolean needsTurn = taken < asked + slots.size();
      if (needsTurn && !turns.take()) {
        if (!awaitsTurn) {
          awaitsTurn = true;
          turns.await(this::resume);
        }
        return;
      }
      if (needsTurn) {
        taken++;
      }
      asked++;
      client.request(1);
    }
  }

  private void resume() {
    awaitsTurn = false;
    askForMore();
  }

  private void completeWhenAnswered() {
    if (clientDone && slots.isEmpty()) {
      end(Status.OK);
    }
  }

  @Override
  public void onCompleted() {
    loop.executeOrRun(() -> {
      clientDone = true;
      completeWhenAnswered();
    });
  }

  @Override
  public void onError(Throwable broken) {
    loop.executeOrRun(this::clientGone);
  }

  private void clientGone() {
    ended = true;
    giveEverythingBack();
  }

  private void giveEverythingBack() {
    slots.forEach(slot -> slot.charge.close());
    slots.clear();
    asked = 0;
    long held = heldBytes;
    heldBytes = 0;
    turns.release(held);
    while (taken > 0) {
      taken--;
      turns.giveBack();
    }
  }

  private void end(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    giveEverythingBack();
    if (status.isOk()) {
      client.onCompleted();
    } else {
      client.onError(status.asRuntimeException());
    }
  }
}
