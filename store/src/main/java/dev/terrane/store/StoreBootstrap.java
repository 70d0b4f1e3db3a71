package dev.terrane.store;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.EngineException;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.engine.log.Tombstone;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.BootstrapResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.IsBootstrappedResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.raft.HardState;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.store.wire.StoredFormatException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * What happens once in the life of a store, before it is opened: it gets an id from PD and becomes
 * part of the cluster; the first store of a cluster also makes the first Region.
 *
 * <p>Each step is durable before the next begins, and each may be repeated: after a failure or a
 * crash {@link #run} is called again. A Region is offered to PD only once it is durable here; of
 * several stores that offer one, PD takes the first, and the others clear theirs.
 */
public final class StoreBootstrap {
  /** Hears the end, exactly once per {@link #run}, on any thread. */
  public interface Done {
    /** The store can be opened. */
    void ready(StoreIdentity identity);

    /** PD did not answer, or refused. May be tried again. */
    void failed(String reason);

    /** The directories cannot be used for this cluster; trying again does not help. */
    void refused(StoredFormatException reason);
  }

  /**
   * Where the first Region's log begins. Not at its start: a peer without data then finds the
   * entries before it gone, and gets a snapshot, which tells it its Region.
   */
  private static final AppliedPosition FIRST_APPLIED = new AppliedPosition(5, 5);

  private final KvEngine engine;
  private final RaftLogEngine log;
  private final PdLink pd;
  private final long clusterId;
  private final Store address;
  private final DiskExecutor disk;
  private final RandomGenerator random;
  private final Done done;

  /**
   * @param clusterId of the cluster that {@code pd} serves
   * @param address of the store; its id is filled in
   */
  public StoreBootstrap(
      KvEngine engine,
      RaftLogEngine log,
      PdLink pd,
      long clusterId,
      Store address,
      DiskExecutor disk,
      RandomGenerator random,
      Done done) {
    this.engine = engine;
    this.log = log;
    this.pd = pd;
    this.clusterId = clusterId;
    this.address = address;
    this.disk = disk;
    this.random = random;
    this.done = done;
  }

  /** Does what has not been done yet, then tells. */
  public void run() {
    onDisk("read-store-identity", this::readIdentity);
  }

  /** A disk without room, or a process without descriptors, ends the bootstrap for now. */
  private void onDisk(String name, Runnable step) {
    disk.submit(
        name,
        () -> {
          try {
            step.run();
          } catch (EngineException e) {
            if (!e.retryable()) {
              throw e;
            }
            done.failed(String.valueOf(e.getMessage()));
          }
        });
  }

  private void readIdentity() {
    StoreIdentity stored;
    try {
      stored = StoreIdentity.read(engine, log);
    } catch (StoredFormatException e) {
      done.refused(e);
      return;
    }
    if (stored == null) {
      allocIds(1, this::makeIdentity);
    } else if (stored.clusterId() != clusterId) {
      done.refused(
          new StoredFormatException(
              "the data directory is of cluster "
                  + stored.clusterId()
                  + ", but PD serves cluster "
                  + clusterId));
    } else {
      stored.write(engine, log); // a crash may have left it in the log only
      join(stored);
    }
  }

  private void makeIdentity(AllocIDResponse ids) {
    StoreIdentity made = new StoreIdentity(clusterId, ids.getId(), random.nextLong());
    onDisk(
        "write-store-identity",
        () -> {
          made.write(engine, log);
          join(made);
        });
  }

  private void join(StoreIdentity identity) {
    Bytes offered = engine.get(ColumnFamily.REGION, RegionKeys.OFFERED_REGION);
    pd.isBootstrapped(
        new Ask<IsBootstrappedResponse>(IsBootstrappedResponse::getHeader) {
          @Override
          void onAnswer(IsBootstrappedResponse answer) {
            if (answer.getBootstrapped()) {
              if (offered == null) {
                done.ready(identity);
              } else {
                settle(identity, region(offered));
              }
            } else if (offered == null) {
              allocIds(2, ids -> makeFirstRegion(identity, ids));
            } else {
              offer(identity, region(offered));
            }
          }
        });
  }

  private static Region region(Bytes state) {
    return ProtoRegions.fromProto(Records.regionState(state).getRegion());
  }

  private void makeFirstRegion(StoreIdentity identity, AllocIDResponse ids) {
    long peerId = ids.getId();
    Region region =
        new Region(
            peerId - 1,
            KeyRange.ALL,
            RegionEpoch.FIRST,
            List.of(Peer.voter(peerId, identity.storeId())));
    Bytes state = Records.regionState(region, PeerState.NORMAL, peerId);
    onDisk(
        "write-first-region",
        () -> {
          log.write(
              new LogBatch()
                  .reset(region.id(), FIRST_APPLIED.index(), FIRST_APPLIED.term())
                  .hardState(
                      region.id(), new HardState(FIRST_APPLIED.term(), 0, FIRST_APPLIED.index())));
          engine.write(
              new WriteBatch()
                  .put(ColumnFamily.REGION, RegionKeys.regionState(region.id()), state)
                  .put(ColumnFamily.REGION, RegionKeys.applied(region.id()), FIRST_APPLIED.encode())
                  .put(ColumnFamily.REGION, RegionKeys.OFFERED_REGION, state));
          engine.barrier();
          offer(identity, region);
        });
  }

  private void offer(StoreIdentity identity, Region region) {
    pd.bootstrap(
        address.toBuilder().setId(identity.storeId()).build(),
        ProtoRegions.toProto(region),
        new PdLink.Reply<BootstrapResponse>() {
          @Override
          public void answered(BootstrapResponse answer) {
            ResponseHeader header = answer.getHeader();
            if (!header.hasError()) {
              keep(identity);
            } else if (header.getError().getType() == ErrorType.ALREADY_BOOTSTRAPPED) {
              settle(identity, region);
            } else {
              done.failed(header.getError().getMessage());
            }
          }

          @Override
          public void failed(String reason) {
            done.failed(reason);
          }
        });
  }

  /** The cluster has a first Region: was it ours? Ids never repeat, so its id tells. */
  private void settle(StoreIdentity identity, Region offered) {
    pd.getRegion(
        Bytes.EMPTY,
        new Ask<GetRegionResponse>(GetRegionResponse::getHeader) {
          @Override
          void onAnswer(GetRegionResponse answer) {
            if (answer.getRegion().getId() == offered.id()) {
              keep(identity);
            } else {
              onDisk("clear-first-region", () -> withdraw(identity, offered));
            }
          }
        });
  }

  private void keep(StoreIdentity identity) {
    onDisk(
        "keep-first-region",
        () -> {
          engine.write(new WriteBatch().delete(ColumnFamily.REGION, RegionKeys.OFFERED_REGION));
          engine.barrier();
          done.ready(identity);
        });
  }

  private void withdraw(StoreIdentity identity, Region offered) {
    log.write(
        new LogBatch()
            .destroy(offered.id(), new Tombstone(offered.epoch(), offered.peers().getFirst().id()))
            .forgetTombstone(offered.id()));
    engine.write(
        new WriteBatch()
            .delete(ColumnFamily.REGION, RegionKeys.regionState(offered.id()))
            .delete(ColumnFamily.REGION, RegionKeys.applied(offered.id()))
            .delete(ColumnFamily.REGION, RegionKeys.OFFERED_REGION));
    engine.barrier();
    done.ready(identity);
  }

  private void allocIds(int count, Consumer<AllocIDResponse> next) {
    pd.allocIds(
        count,
        new Ask<AllocIDResponse>(AllocIDResponse::getHeader) {
          @Override
          void onAnswer(AllocIDResponse answer) {
            next.accept(answer);
          }
        });
  }

  /** A call whose failure and error end the bootstrap for now. */
  private abstract class Ask<T> implements PdLink.Reply<T> {
    private final Function<T, ResponseHeader> header;

    Ask(Function<T, ResponseHeader> header) {
      this.header = header;
    }

    abstract void onAnswer(T answer);

    @Override
    public final void answered(T answer) {
      ResponseHeader answered = header.apply(answer);
      if (answered.hasError()) {
        done.failed(answered.getError().getMessage());
      } else {
        onAnswer(answer);
      }
    }

    @Override
    public final void failed(String reason) {
      done.failed(reason);
    }
  }
}
