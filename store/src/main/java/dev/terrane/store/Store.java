package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.agent.Agent;
import dev.terrane.common.agent.Inbox;
import dev.terrane.common.agent.Waker;
import dev.terrane.common.contact.Contacts;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.RegionHeartbeatResponse;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.store.wire.EntryFormat;
import dev.terrane.store.wire.StoredFormatException;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.LocalRegion;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.WriteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One store: its peers, reached by commands, by other stores and by PD.
 *
 * <p>Thread-safe. It starts no thread: whoever opens it polls its {@link #agents}, and the {@link
 * #logWriter} on a thread of its own, since that one waits for the disk. A leader with a lease is
 * read on the caller's thread; all else passes the store loop's inbox.
 *
 * <p>To stop: {@link #handLeadershipAway}, wait until that is over or long enough, stop polling,
 * close the engines. Requests that wait are answered by {@link #close}.
 */
public final class Store implements RegionStorage, StoreInbound {
  private final StoreIdentity identity;
  private final StoreConfig config;
  private final StoreSurroundings surroundings;
  private final RegionMap regions = new RegionMap();
  private final Admission admission;
  private final EntryMemory entryMemory;
  private final RaftBacklog raftBacklog = new RaftBacklog();
  private final Contacts<RaftBatch> contacts;
  private final Inbox<StoreMessage> inbox;
  private final LogWriter logWriter;
  private final Applier applier;
  private final StoreLoop loop;

  private Store(
      StoreIdentity identity,
      StoreConfig config,
      StoreSurroundings surroundings,
      dev.terrane.proto.metapb.Store self) {
    this.identity = identity;
    this.config = config;
    this.surroundings = surroundings;
    contacts = new Contacts<>(surroundings.random(), RaftBatch::getSerializedSize);
    DiskSpace diskSpace = new DiskSpace();
    Credits credits = new Credits(config.requests().countMax(), config.requests().bytesMax());
    entryMemory = new EntryMemory(config.requests().bytesMax(), config.requests().countMax());
    admission = new Admission(identity.storeId(), credits, diskSpace, entryMemory);
    int inboxCapacity = 2 * config.requests().countMax() + RaftBacklog.BATCHES_MAX + (1 << 16);
    inbox = new Inbox<>("store-loop-0", inboxCapacity);
    logWriter = new LogWriter(surroundings.log(), diskSpace, surroundings.metrics());
    applier =
        new Applier(
            surroundings.engine(),
            inbox,
            inboxCapacity,
            surroundings.disk(),
            diskSpace,
            surroundings.metrics());
    Outbox outbox =
        new Outbox(identity, contacts, surroundings.transport(), surroundings.metrics());
    LoopServices services =
        new LoopServices(
            config,
            identity,
            contacts,
            surroundings.engine(),
            surroundings.log(),
            regions,
            outbox,
            applier,
            logWriter,
            surroundings.disk(),
            diskSpace,
            surroundings.metrics(),
            surroundings.random(),
            entryMemory,
            inbox);
    loop =
        new StoreLoop(
            "store-loop-0",
            services,
            new LoopParts(
                surroundings.transport(),
                surroundings.snapshotFiles(),
                surroundings.pd(),
                self,
                surroundings.time(),
                admission,
                raftBacklog));
    new StoreRecovery(services, loop, surroundings.snapshotFiles()).recover(loop.peers());
  }

  /**
   * Opens the store whose identity is in both engines, and brings it to where its log has got.
   * Waits for the disk; nothing of it moves before its agents are polled.
   *
   * @param address where clients and other stores reach it; its id and state are filled in
   * @throws StoredFormatException if the engines are not this store's, or of a newer format
   */
  public static Store open(
      StoreIdentity identity,
      StoreConfig config,
      StoreSurroundings surroundings,
      dev.terrane.proto.metapb.Store address) {
    StoreIdentity stored = StoreIdentity.read(surroundings.engine(), surroundings.log());
    if (!identity.equals(stored)) {
      throw new StoredFormatException("the directories are of " + stored + ", not of " + identity);
    }
    return new Store(
        identity,
        config,
        surroundings,
        address.toBuilder().setId(identity.storeId()).setState(StoreState.Up).build());
  }

  public StoreIdentity identity() {
    return identity;
  }

  /** How other stores show that they are who they say; for tests. */
  Contacts<RaftBatch> contacts() {
    return contacts;
  }

  /** How often the housekeeping has looked at any peer; for tests. */
  long looks() {
    return loop.looks();
  }

  /** {@link #loop} and {@link #applier}: polled by any threads, each by one. */
  public List<Agent> agents() {
    return List.of(loop, applier);
  }

  /** Runs the peers. */
  public Agent loop() {
    return loop;
  }

  /** Writes what they have committed. Stopped before the loop is closed. */
  public Agent applier() {
    return applier;
  }

  /** What its peers hold in memory; for tests. */
  EntryMemory entryMemory() {
    return entryMemory;
  }

  /** Polled by a thread of its own: waits for the disk. */
  public Agent logWriter() {
    return logWriter;
  }

  /** Who is woken when one of {@link #agents} gets a message; before the first poll. */
  public void onMessage(Waker loopWaker, Waker applierWaker, Waker logWriterWaker) {
    loop.onMessage(loopWaker);
    applier.onMessage(applierWaker);
    logWriter.onMessage(logWriterWaker);
  }

  // ---- commands

  @Override
  public void read(RegionContext context, ReadMode mode, @Nullable KeyRange keys, ReadReply reply) {
    PeerView view = regions.get(context.regionId());
    if (context.storeId() != identity.storeId() || view == null) {
      reply.refused(notHere(context));
      return;
    }
    // In this order: the region before the reader's fence, the fence before the checks.
    Region region = view.region();
    LeaseCell.Grant grant = view.lease().grant();
    LocalReader reader =
        region == null || grant == null
            ? null
            : new LocalReader(surroundings.engine(), view, region, grant.term());
    RegionError error = RequestChecks.check(view, context, keys, mode == ReadMode.LEADER);
    if (error != null) {
      reply.refused(error);
      return;
    }
    if (reader != null
        && grant != null
        && grant.isValidAt(surroundings.time().nanoTime())
        && reader.recheck() == null) {
      reply.ready(reader);
      return;
    }
    if (!admission.credits().tryTake(ReadRequest.CREDIT_BYTES)) {
      reply.refused(admission.outOfCredits());
      return;
    }
    inbox.put(new ReadRequest(context, mode, keys, reply, admission.credits()));
  }

  @Override
  public void write(
      RegionContext context,
      KeyRange keys,
      Mutations mutations,
      @Nullable DecisionStamp decidedOn,
      WriteReply reply) {
    RegionError error = refusal(context, keys, mutations);
    if (error != null) {
      reply.refused(error);
      return;
    }
    if (!admission.credits().tryTake(Proposal.creditBytes(mutations.encoded()))) {
      reply.refused(admission.outOfCredits());
      return;
    }
    inbox.put(
        new Proposal(
            context.regionId(),
            context.peerId(),
            context.epoch().version(),
            mutations.encoded(),
            decidedOn,
            reply,
            admission.credits()));
  }

  @Override
  public List<LocalRegion> regionsIn(KeyRange range) {
    List<LocalRegion> found = new ArrayList<>();
    for (Region region : regions.overlapping(range)) {
      PeerView view = regions.get(region.id());
      if (view != null) {
        RegionContext context =
            new RegionContext(
                region.id(), region.epoch(), view.peerId(), identity.storeId(), /* term= */ 0);
        found.add(new LocalRegion(context, region.range(), view.leadership().here()));
      }
    }
    return found;
  }

  private @Nullable RegionError refusal(RegionContext context, KeyRange keys, Mutations mutations) {
    PeerView view = regions.get(context.regionId());
    if (context.storeId() != identity.storeId() || view == null) {
      return notHere(context);
    }
    RegionError error = RequestChecks.check(view, context, keys, true);
    if (error != null) {
      return error;
    }
    int bytes = mutations.encoded().length() + EntryFormat.PROPOSAL_OVERHEAD_BYTES;
    if (bytes > config.requests().entryBytesMax()) {
      return new RegionError.RaftEntryTooLarge(
          context.regionId(), bytes, config.requests().entryBytesMax());
    }
    RegionError refused = admission.refusesWrites();
    return refused != null && mutations.onlyDelete() ? admission.refusesDeletes() : refused;
  }

  private RegionError notHere(RegionContext context) {
    return context.storeId() != identity.storeId()
        ? new RegionError.StoreNotMatch(context.storeId(), identity.storeId())
        : new RegionError.RegionNotFound(context.regionId());
  }

  // ---- other stores and PD

  @Override
  public void onRaftBatch(RaftBatch batch, Runnable taken) {
    if (raftBacklog.tryAdd(batch.getSerializedSize())) {
      inbox.put(new StoreMessage.RaftReceived(batch, taken));
    } else {
      surroundings.metrics().count("raft_batches_dropped_total", 1);
      taken.run();
    }
  }

  @Override
  public SnapshotReceiver onSnapshot(SnapshotReceiver.Reply reply) {
    return loop.snapshots().open(reply);
  }

  @Override
  public void onPdInstruction(RegionHeartbeatResponse instruction) {
    inbox.offer(new StoreMessage.Instructed(instruction));
  }

  // ---- operators

  /**
   * Asks other peers to lead what is led here. {@code whenOver} is called on the store's thread
   * when every Region has gone or nobody is there who takes it: at once if no other store has a
   * voter.
   */
  public void handLeadershipAway(Runnable whenOver) {
    inbox.put(new StoreMessage.Resume(() -> loop.leadNoMore(whenOver)));
  }

  /** Answers every request that waits; after the last poll, on the thread that polled. */
  public void close() {
    loop.shutDown();
  }

  /** The Region that holds {@code key} here, if any does. */
  public @Nullable Region regionOf(Bytes key) {
    List<Region> found = regions.overlapping(new KeyRange(key, key.successor()));
    return found.isEmpty() ? null : found.getFirst();
  }

  public StoreStatus status() {
    List<StoreStatus.RegionStatus> all = new ArrayList<>();
    for (PeerView view : regions.all()) {
      PeerView.Leadership leadership = view.leadership();
      all.add(
          new StoreStatus.RegionStatus(
              view.regionId(),
              view.peerId(),
              view.region(),
              leadership.here(),
              leadership.leader(),
              leadership.term(),
              view.dataState().name().toLowerCase(Locale.ROOT),
              view.applied()));
    }
    return new StoreStatus(
        identity.clusterId(),
        identity.storeId(),
        admission.credits().requests(),
        admission.credits().bytes(),
        all);
  }
}
