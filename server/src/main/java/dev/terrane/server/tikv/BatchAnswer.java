package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.server.traffic.AnswerMemory;
import dev.terrane.server.traffic.CallTraffic;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command of a batch: while it is gathered, and until gRPC has written it out.
 * Most are small and are made without a charge and a memory of their own.
 */
final class BatchAnswer implements Reply<Response> {
  private final long id;
  private final BatchMessage message;
  private final CallTraffic traffic;
  private final BatchStream stream;
  private @Nullable Charge charge;
  private @Nullable AnswerMemory memory;
  private Response response = Response.getDefaultInstance();
  private int bytes;

  BatchAnswer(long id, BatchMessage message, CallTraffic traffic, BatchStream stream) {
    this.id = id;
    this.message = message;
    this.traffic = traffic;
    this.stream = stream;
  }

  @Override
  public Charge charge() {
    Charge open = charge;
    if (open == null) {
      open = traffic.open(stream.unreadBytes()); // of one who does not read all count as one
      charge = open;
    }
    return open;
  }

  @Override
  public AnswerMemory memory() {
    AnswerMemory open = memory;
    if (open == null) {
      open = traffic.openMemory();
      memory = open;
    }
    return open;
  }

  @Override
  public void send(Response made) {
    response = made;
    bytes = made.getSerializedSize();
    stream.answer(this);
  }

  @Override
  public void refuse(Status why) {
    drop();
    stream.refuse(why);
  }

  long id() {
    return id;
  }

  Response response() {
    return response;
  }

  int bytes() {
    return bytes;
  }

  /** Part of a message that gRPC is about to be given. */
  void handOver() {
    Charge gathered = charge;
    if (gathered != null) {
      gathered.bequeath(traffic.sending());
    }
    message.answered();
  }

  /** Whether {@link #written} is to be called after it is handed over. */
  boolean needsMemory() {
    return memory != null;
  }

  /** gRPC has written it out, and holds what it was made of no more. */
  void written() {
    AnswerMemory kept = memory;
    if (kept != null) {
      kept.free();
    }
  }

  /** Nobody wants it any more. */
  void drop() {
    Charge gathered = charge;
    if (gathered != null) {
      gathered.close();
    }
    written();
    message.answered();
  }
}
