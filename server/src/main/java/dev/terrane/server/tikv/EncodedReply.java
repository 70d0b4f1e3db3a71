package dev.terrane.server.tikv;

import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.proto.ProtoRegionErrors;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.txn.raw.RawRejection;
import dev.terrane.txn.raw.RawReply;
import io.grpc.Status;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns each of a raw command's outcomes into a response: one function each, so that none sets an
 * empty error, which clients would take for one.
 */
final class EncodedReply<T extends @Nullable Object, R> implements RawReply<T> {
  private final Reply<R> reply;
  private final Function<T, R> answer;
  private final Function<Error, R> regionError;
  private final Function<String, R> rejection;

  EncodedReply(
      Reply<R> reply,
      Function<T, R> answer,
      Function<Error, R> regionError,
      Function<String, R> rejection) {
    this.reply = reply;
    this.answer = answer;
    this.regionError = regionError;
    this.rejection = rejection;
  }

  @Override
  public Charge answerCharge() {
    return reply.charge();
  }

  @Override
  public void answer(T value) {
    reply.send(answer.apply(value));
  }

  @Override
  public void refused(RegionError error) {
    reply.send(regionError.apply(ProtoRegionErrors.toProto(error)));
  }

  @Override
  public void rejected(RawRejection why) {
    reply.send(rejection.apply(why.message()));
  }

  /** Rejects the request, if there is a reason; whether it did. */
  boolean rejectedFor(@Nullable RawRejection why) {
    if (why == null) {
      return false;
    }
    rejected(why);
    return true;
  }

  /** Ends the request as one that is not for this server, if there is a reason; whether it did. */
  boolean refusedFor(@Nullable Status why) {
    if (why == null) {
      return false;
    }
    reply.refuse(why);
    return true;
  }
}
