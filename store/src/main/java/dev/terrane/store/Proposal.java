package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.WriteReply;
import org.jspecify.annotations.Nullable;

/**
 * One write on its way through a store, from admission to its answer. Holds its credits until it is
 * answered, which happens exactly once, by whoever holds it then: the loop, or the applier.
 */
final class Proposal implements StoreMessage {
  private final long regionId;
  private final long peerId;
  private final long epochVersion;
  private final Bytes payload;
  private final @Nullable DecisionStamp decidedOn;
  private final WriteReply reply;
  private final Credits credits;
  private long requestId;
  private boolean answered;

  Proposal(
      long regionId,
      long peerId,
      long epochVersion,
      Bytes payload,
      @Nullable DecisionStamp decidedOn,
      WriteReply reply,
      Credits credits) {
    this.regionId = regionId;
    this.peerId = peerId;
    this.epochVersion = epochVersion;
    this.payload = payload;
    this.decidedOn = decidedOn;
    this.reply = reply;
    this.credits = credits;
  }

  long regionId() {
    return regionId;
  }

  long peerId() {
    return peerId;
  }

  /** By which the request was routed, and under which alone it may be applied. */
  long epochVersion() {
    return epochVersion;
  }

  /** Encoded mutations. */
  Bytes payload() {
    return payload;
  }

  @Nullable DecisionStamp decidedOn() {
    return decidedOn;
  }

  long requestId() {
    return requestId;
  }

  void requestId(long id) {
    requestId = id;
  }

  void applied() {
    if (takeAnswer()) {
      reply.applied();
    }
  }

  void refused(RegionError error) {
    if (takeAnswer()) {
      reply.refused(error);
    }
  }

  /** False if it was answered before. */
  private boolean takeAnswer() {
    if (answered) {
      return false;
    }
    answered = true;
    credits.giveBack(creditBytes(payload));
    return true;
  }

  /** What a proposal of {@code payload} takes of the credits: it is held, logged and sent. */
  static long creditBytes(Bytes payload) {
    return payload.length() + 256L;
  }
}
