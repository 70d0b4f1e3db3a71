package dev.terrane.server.tikv;

import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One message of commands: how far they have been started, and what it holds in memory until the
 * last of them is answered. Started by one thread at a time; answered on any.
 */
final class BatchMessage {
  private final BatchCommandsRequest message;
  private final Charge charge;
  private final AtomicInteger unanswered;

  /** The first command that has not been started. */
  int next;

  BatchMessage(BatchCommandsRequest message, Charge charge) {
    this.message = message;
    this.charge = charge;
    this.unanswered = new AtomicInteger(message.getRequestsCount() + 1);
  }

  BatchCommandsRequest message() {
    return message;
  }

  boolean isStarted() {
    return next == message.getRequestsCount();
  }

  /** The answer to one of its commands needs nothing of it any more, or there are none to start. */
  void answered() {
    if (unanswered.decrementAndGet() == 0) {
      charge.close();
    }
  }

  /** What has not been started never will be. */
  void drop() {
    charge.close();
  }
}
