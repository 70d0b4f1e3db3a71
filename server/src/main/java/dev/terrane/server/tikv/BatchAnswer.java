package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.tikvpb.BatchCommandsResponse.Response;
import dev.terrane.server.traffic.CallTraffic;
import dev.terrane.server.traffic.WireAnswer;
import dev.terrane.server.traffic.WirePairs;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command of a batch: while it is gathered, and until gRPC has written it out.
 * Most are small and are made without a charge of their own.
 */
final class BatchAnswer implements Reply<Response> {
  private final long id;
  private final BatchMessage message;
  private final CallTraffic traffic;
  private final BatchStream stream;
  private @Nullable Charge charge;
  private Response response = Response.getDefaultInstance();

  /** In place of {@link #response}. */
  private @Nullable WireAnswer large;

  private long bytes;

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
  public @Nullable WirePairs openPairs(int field) {
    return traffic.openPairs(field);
  }

  @Override
  public void send(Response made) {
    response = made;
    bytes = made.getSerializedSize();
    stream.answer(this);
  }

  @Override
  public void send(WireAnswer made) {
    large = made;
    bytes = made.bytes();
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

  /** The response where it is large and not a message; who writes it out frees it. */
  @Nullable WireAnswer large() {
    return large;
  }

  long bytes() {
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

  /** Nobody wants it any more. */
  void drop() {
    Charge gathered = charge;
    if (gathered != null) {
      gathered.close();
    }
    if (large != null) {
      large.free();
    }
    message.answered();
  }
}
