package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.client.core.Transport.Failure;
import dev.terrane.client.core.Transport.UnaryListener;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.Context;
import org.jspecify.annotations.Nullable;

/** A call that the batch stream has no place for. */
abstract class UnaryCall<Q extends Message, A extends Message> extends RegionCall {
  private final Rpc<Q, A> rpc;
  private Transport.@Nullable Call call;

  UnaryCall(ClientCore core, Rpc<Q, A> rpc) {
    super(core);
    this.rpc = rpc;
  }

  /** The request for the Region to which it was routed. */
  abstract Q request(Context context);

  /** The Region error in an answer; null if it was served. */
  abstract @Nullable Error regionErrorOf(A answer);

  /** Takes the answer of a store that served it. */
  abstract void served(A answer);

  @Override
  final void sendTo(StoreLink link) {
    queued();
    sent();
    call =
        core.transport().unary(link.address(), rpc, request(region().context()), new Answer(link));
  }

  @Override
  final void abandon() {
    Transport.Call given = call;
    if (given != null) {
      given.cancel();
      call = null;
    }
  }

  private final class Answer implements UnaryListener<A> {
    private final StoreLink link;

    Answer(StoreLink link) {
      this.link = link;
    }

    @Override
    public void onAnswer(A answer) {
      call = null;
      core.step(UnaryCall.this, () -> take(answer));
      core.flush();
    }

    private void take(A answer) {
      Error error = regionErrorOf(answer);
      if (error != null) {
        regionError(error);
      } else {
        served(answer);
      }
    }

    @Override
    public void onFailure(Failure failure) {
      call = null;
      core.step(UnaryCall.this, () -> recover(failure));
      core.flush();
    }

    private void recover(Failure failure) {
      switch (failure.kind()) {
        case UNIMPLEMENTED -> refused("the store does not offer " + rpc.path());
        case OUT_OF_MEMORY -> broke(new OutOfMemoryError(failure.message()));
        case NOT_TAKEN -> {
          link.suspect();
          core.recovery().unreachable(UnaryCall.this, failure.message());
        }
        case LOST -> {
          link.suspect();
          core.recovery().unanswered(UnaryCall.this, failure.message());
        }
      }
    }
  }
}
