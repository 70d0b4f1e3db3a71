package dev.terrane.server.importing;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.txn.raw.Done;
import dev.terrane.txn.raw.RawCommands;
import dev.terrane.txn.raw.RawContext;
import dev.terrane.txn.raw.RawRejection;
import dev.terrane.txn.raw.RawReply;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the steps of some uploads one after the other, each when the last one is applied, and
 * tells the first error. Writing a step again does no harm, so a client may simply ask again.
 */
final class Ingestion implements RawReply<Done> {
  private final RawCommands commands;
  private final RawContext context;
  private final List<Upload.Step> steps;
  private final Executor executor;
  private final Consumer<@Nullable RegionError> whenDone;
  private int next;

  /**
   * @param executor where each step is started, so that many do not deepen the stack
   */
  Ingestion(
      RawCommands commands,
      RawContext context,
      List<Upload.Step> steps,
      Executor executor,
      Consumer<@Nullable RegionError> whenDone) {
    this.commands = commands;
    this.context = context;
    this.steps = List.copyOf(steps);
    this.executor = executor;
    this.whenDone = whenDone;
  }

  void step() {
    if (next == steps.size()) {
      whenDone.accept(null);
      return;
    }
    switch (steps.get(next++)) {
      case Upload.Step.Put put ->
          commands.batchPut(context, put.pairs(), List.of(put.ttlSeconds()), this);
      case Upload.Step.Delete delete -> {
        List<Bytes> keys = delete.keys();
        commands.batchDelete(context, keys, this);
      }
    }
  }

  @Override
  public void answer(Done done) {
    executor.execute(this::step);
  }

  @Override
  public void refused(RegionError error) {
    whenDone.accept(error);
  }

  @Override
  public void rejected(RawRejection rejection) {
    whenDone.accept(new RegionError.Other(rejection.message()));
  }
}
