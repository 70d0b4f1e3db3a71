package dev.terrane.txn.raw;

import dev.terrane.common.KeyRange;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.WriteReply;
import dev.terrane.txn.latch.Latch;

/**
 * A write that depends on nothing that was read. Shares the latch of its keys with other blind
 * writes; their order is the log's.
 */
final class BlindWrite implements WriteReply {
  private final RawEnvironment environment;
  private final RegionContext region;
  private final KeyRange keys;
  private final Mutations mutations;
  private final Deadline deadline;
  private final LatchedReply<Done> reply;

  BlindWrite(
      RawEnvironment environment,
      RawContext context,
      KeyRange keys,
      Mutations mutations,
      RawReply<Done> reply) {
    this.environment = environment;
    this.region = context.region();
    this.deadline = environment.deadline(context);
    this.keys = keys;
    this.mutations = mutations;
    this.reply = new LatchedReply<>(environment.latches(), reply);
  }

  void start(Latch latch) {
    reply.acquire(latch);
  }

  void propose() {
    if (deadline.isOver()) {
      reply.refused(Deadline.EXCEEDED);
      return;
    }
    environment.storage().write(region, keys, mutations, null, this);
  }

  @Override
  public void applied() {
    reply.answer(Done.DONE);
  }

  @Override
  public void refused(RegionError error) {
    reply.refused(error);
  }
}
