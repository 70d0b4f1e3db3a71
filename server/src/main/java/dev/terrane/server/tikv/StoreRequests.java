package dev.terrane.server.tikv;

import dev.terrane.proto.coprocessor.Response;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.GetHealthFeedbackResponse;
import dev.terrane.proto.kvrpcpb.HealthFeedback;
import dev.terrane.proto.kvrpcpb.RawCoprocessorResponse;
import dev.terrane.proto.kvrpcpb.SplitRegionResponse;
import dev.terrane.proto.kvrpcpb.StoreSafeTSResponse;
import java.util.concurrent.atomic.AtomicLong;

/** Requests that concern the store itself, and those that it answers with a plain no. */
final class StoreRequests {
  private static final int HEALTHY = 1;

  private final long storeId;
  private final AtomicLong feedbacks = new AtomicLong();

  StoreRequests(long storeId) {
    this.storeId = storeId;
  }

  GetHealthFeedbackResponse healthFeedback() {
    return GetHealthFeedbackResponse.newBuilder()
        .setHealthFeedback(
            HealthFeedback.newBuilder()
                .setStoreId(storeId)
                .setFeedbackSeqNo(feedbacks.incrementAndGet())
                .setSlowScore(HEALTHY))
        .build();
  }

  /** Nothing is resolved where there are no transactions. */
  StoreSafeTSResponse safeTs() {
    return StoreSafeTSResponse.getDefaultInstance();
  }

  SplitRegionResponse split() {
    return SplitRegionResponse.newBuilder()
        .setRegionError(Error.newBuilder().setMessage("splitting Regions is not offered yet"))
        .build();
  }

  Response coprocessor() {
    return Response.newBuilder().setOtherError("unsupported: no coprocessor is offered").build();
  }

  RawCoprocessorResponse rawCoprocessor() {
    return RawCoprocessorResponse.newBuilder()
        .setError("unsupported: no coprocessor is offered")
        .build();
  }
}
