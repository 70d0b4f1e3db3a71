package dev.terrane.client;

import dev.terrane.client.core.Completion;
import dev.terrane.client.core.PdCommands;
import dev.terrane.common.KeyRange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Asks the placement driver about the cluster. Thread-safe. */
public final class PdClient {
  private final PdCommands commands;
  private final Admission admission;

  PdClient(PdCommands commands, Admission admission) {
    this.commands = commands;
    this.admission = admission;
  }

  private <T> CompletableFuture<T> start(Consumer<Completion<T>> operation) {
    Pending<T> pending = new Pending<>(admission);
    try {
      operation.accept(pending);
    } catch (Throwable refused) {
      // Whatever it is: nobody else gives the place back of what has not begun.
      admission.release();
      throw refused;
    }
    return pending;
  }

  public PdMembers members() {
    admission.checkMayWait();
    return Pending.await(membersAsync());
  }

  public CompletableFuture<PdMembers> membersAsync() {
    return start(commands::members);
  }

  /** Every store but those that are gone for good. */
  public List<StoreInfo> stores() {
    admission.checkMayWait();
    return Pending.await(storesAsync());
  }

  public CompletableFuture<List<StoreInfo>> storesAsync() {
    return start(commands::stores);
  }

  /** The store with this id; {@link RefusedException} if PD has none. */
  public StoreInfo store(long storeId) {
    admission.checkMayWait();
    return Pending.await(storeAsync(storeId));
  }

  public CompletableFuture<StoreInfo> storeAsync(long storeId) {
    return start(completion -> commands.store(storeId, completion));
  }

  /**
   * The Regions that overlap {@code range}, in key order, at most {@code limit} of them. Bounds
   * here and in the answer are as PD has them: the keys themselves in a raw cluster of version 1,
   * memcomparable encodings otherwise.
   */
  public List<RegionInfo> regions(KeyRange range, int limit) {
    admission.checkMayWait();
    return Pending.await(regionsAsync(range, limit));
  }

  public CompletableFuture<List<RegionInfo>> regionsAsync(KeyRange range, int limit) {
    return start(completion -> commands.regions(range, limit, completion));
  }

  /** A timestamp above every one that PD has given before: milliseconds, then 18 bits of count. */
  public long timestamp() {
    admission.checkMayWait();
    return Pending.await(timestampAsync());
  }

  public CompletableFuture<Long> timestampAsync() {
    return start(commands::timestamp);
  }
}
