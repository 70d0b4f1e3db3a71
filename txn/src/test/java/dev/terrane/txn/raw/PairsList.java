package dev.terrane.txn.raw;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.engine.RowValue;
import java.util.ArrayList;
import java.util.List;

/** Keeps the pairs of an answer, and answers them as a list. */
record PairsList(RawReply<List<RawPair>> reply, List<RawPair> pairs) implements PairsReply {
  static PairsList of(RawReply<List<RawPair>> reply) {
    return new PairsList(reply, new ArrayList<>());
  }

  @Override
  public void pair(Bytes key, Bytes value) {
    pairs.add(new RawPair(key, value));
  }

  @Override
  public int pair(Bytes key, RowValue value) {
    pair(key, value.value());
    return pairs.getLast().value().length();
  }

  @Override
  public void forget() {
    pairs.clear();
  }

  @Override
  public Charge answerCharge() {
    return reply.answerCharge();
  }

  @Override
  public void answer(Done done) {
    reply.answer(pairs);
  }

  @Override
  public void refused(RegionError error) {
    reply.refused(error);
  }

  @Override
  public void rejected(RawRejection rejection) {
    reply.rejected(rejection);
  }
}
