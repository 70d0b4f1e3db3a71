package dev.terrane.sim.invariant;

import com.google.protobuf.Message;
import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.PeerRole;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionContext;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.engine.ColumnFamily;
import dev.terrane.engine.KvEngine;
import dev.terrane.engine.WriteBatch;
import dev.terrane.engine.log.LogBatch;
import dev.terrane.engine.log.RaftLogEngine;
import dev.terrane.pd.Pd;
import dev.terrane.pd.PdMember;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.raft.HardState;
import dev.terrane.sim.net.Observer;
import dev.terrane.sim.node.Watch;
import dev.terrane.sim.world.Machine;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.SimulationFailure;
import dev.terrane.sim.world.World;
import dev.terrane.store.Store;
import dev.terrane.store.StoreStatus;
import dev.terrane.store.wire.AppliedPosition;
import dev.terrane.store.wire.Records;
import dev.terrane.store.wire.RegionKeys;
import dev.terrane.txn.DecisionStamp;
import dev.terrane.txn.LocalRegion;
import dev.terrane.txn.Mutations;
import dev.terrane.txn.ReadMode;
import dev.terrane.txn.ReadReply;
import dev.terrane.txn.RegionReader;
import dev.terrane.txn.RegionStorage;
import dev.terrane.txn.WriteReply;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Watches a whole cluster, and fails the simulation at the event that breaks an invariant. */
public final class Invariants implements Watch, Observer {
  private static final ReadReply UNHEARD =
      new ReadReply() {
        @Override
        public void ready(RegionReader reader) {
          reader.close();
        }

        @Override
        public void refused(RegionError error) {}
      };

  private final World world;
  private final RaftInvariants stores = new RaftInvariants("region");
  private final RaftInvariants pds = new RaftInvariants("pd group");
  private final Regions regions = new Regions();
  private final PdInvariants pd = new PdInvariants();
  private final PdGroup pdGroup = new PdGroup(pds);
  private final MessageInvariants messages = new MessageInvariants(stores, pds, pdGroup);
  private final Map<Long, Machine> machineByStoreId = new LinkedHashMap<>();
  private final Map<Machine, Map<Long, Long>> appliedByRegion = new LinkedHashMap<>();
  private final Map<Machine, Map<Long, RegionEpoch>> epochByRegion = new LinkedHashMap<>();
  private final Map<Machine, Pd> pdByMachine = new LinkedHashMap<>();
  private final Map<NodeProcess, Store> storeByProcess = new LinkedHashMap<>();
  private final Set<String> tornWrites = new HashSet<>();

  /** Whose messages promise nothing. */
  private final Set<Machine> untrusted = new HashSet<>(); // never iterated

  private long leaseReads;

  public Invariants(World world) {
    this.world = world;
  }

  /** What is sent from there may be anything. */
  public void doNotTrust(Machine machine) {
    untrusted.add(machine);
  }

  /**
   * Somebody starts a copy of a store there: what it says and does is to be nobody's, and its word
   * for where the store is must not be taken while the store is heard.
   */
  public void copyOfAStore(Machine machine, String address) {
    doNotTrust(machine);
    pd.storeWords().copyAt(address);
  }

  /** How often a store was started, as far as PD has taken it in. */
  public long startsKnownToPd(long storeId) {
    return pd.storeWords().starts(storeId);
  }

  /** What the store on {@code machine} had is gone for good. */
  public void storeLost(Machine machine) {
    tornWrites.remove(machine.name() + " store");
  }

  /** How many reads were answered by a lease. */
  public long leaseReads() {
    return leaseReads;
  }

  /** How many timestamps were given. */
  public long timestamps() {
    return pd.timestamps();
  }

  /** The highest committed index of a Region. */
  public long committed(long regionId) {
    return stores.facts(regionId).committed();
  }

  /** The newest membership of a Region that was applied anywhere. */
  public @Nullable Region newest(long regionId) {
    return regions.newest(regionId);
  }

  /**
   * Whether the stores that {@code has} accepts can go on alone. The newest membership may be known
   * to its leader only; the others then go by the one before.
   */
  public boolean canGoOn(long regionId, Predicate<Long> has) {
    return regions.isQuorumOfBoth(regionId, has);
  }

  /** The store whose commands {@code machine} has served; 0 if none. */
  public long storeIdOf(Machine machine) {
    for (Map.Entry<Long, Machine> entry : machineByStoreId.entrySet()) {
      if (entry.getValue() == machine) {
        return entry.getKey();
      }
    }
    return 0;
  }

  // ---- logs

  @Override
  public RaftLogEngine storeLog(NodeProcess process, RaftLogEngine log) {
    return watched(process, log, stores, "store");
  }

  @Override
  public RaftLogEngine pdLog(NodeProcess process, RaftLogEngine log) {
    return watched(process, log, pds, "pd");
  }

  private RaftLogEngine watched(
      NodeProcess process, RaftLogEngine log, RaftInvariants group, String what) {
    Machine machine = process.machine();
    if (untrusted.contains(machine)) {
      return log;
    }
    String name = machine.name() + " " + what;
    group.opened(machine, log, tornWrites.remove(name));
    return new WatchedLog(
        log,
        machine.stalls(),
        new WatchedLog.Writes() {
          @Override
          public void begins(List<LogBatch> batches) {
            tornWrites.add(name);
          }

          @Override
          public void durable(List<LogBatch> batches) {
            tornWrites.remove(name);
            world.trace().line(machine.name(), new LogLine(what, batches));
            group.written(machine, batches);
          }
        });
  }

  // ---- what is applied

  @Override
  public KvEngine engine(NodeProcess process, KvEngine engine) {
    Machine machine = process.machine();
    if (untrusted.contains(machine)) {
      return engine;
    }
    appliedByRegion.put(machine, new LinkedHashMap<>());
    epochByRegion.put(machine, new LinkedHashMap<>());
    return new WatchedEngine(
        engine, machine.disk(), machine.stalls(), batch -> batch.forEach(new Applied(machine)));
  }

  private final class Applied implements WriteBatch.Visitor {
    private final Machine machine;
    private boolean membershipChanged;

    Applied(Machine machine) {
      this.machine = machine;
    }

    @Override
    public void put(ColumnFamily family, Bytes key, Bytes value) {
      if (family != ColumnFamily.REGION || key.length() != 1 + Long.BYTES) {
        return;
      }
      long regionId = RegionKeys.regionId(key);
      if (key.at(0) == 'a') {
        AppliedPosition position = AppliedPosition.decode(value);
        applied(machine, regionId, position);
        if (membershipChanged) {
          requireDurableCommit(machine, regionId, position.index());
        }
      } else if (key.at(0) == 'r') {
        membershipChanged = true;
        region(machine, ProtoRegions.fromProto(Records.regionState(value).getRegion()));
      }
    }

    @Override
    public void delete(ColumnFamily family, Bytes key) {
      if (family == ColumnFamily.REGION && key.length() == 1 + Long.BYTES) {
        appliedOn(machine).remove(RegionKeys.regionId(key));
        epochsOn(machine).remove(RegionKeys.regionId(key));
      }
    }

    @Override
    public void deleteRange(ColumnFamily family, KeyRange range) {}
  }

  private Map<Long, Long> appliedOn(Machine machine) {
    return appliedByRegion.computeIfAbsent(machine, key -> new LinkedHashMap<>());
  }

  private Map<Long, RegionEpoch> epochsOn(Machine machine) {
    return epochByRegion.computeIfAbsent(machine, key -> new LinkedHashMap<>());
  }

  private void applied(Machine machine, long regionId, AppliedPosition position) {
    world.trace().line(machine.name(), new AppliedLine(regionId, position));
    Map<Long, Long> positions = appliedOn(machine);
    Long before = positions.put(regionId, position.index());
    if (before != null && position.index() < before) {
      throw new SimulationFailure(
          "%s applied %d of region %d after %d"
              .formatted(machine.name(), position.index(), regionId, before));
    }
    DurableGroup log = stores.durable(machine, regionId);
    if (log == null) {
      return; // the first Region, which is written before its log has entries
    }
    GroupFacts facts = stores.facts(regionId);
    long first = before == null ? position.index() : before + 1;
    for (long index = Math.max(first, log.base() + 1); index <= position.index(); index++) {
      long term = log.term(index);
      if (term == 0) {
        throw new SimulationFailure(
            "%s applied entry %d of region %d, which is not durable there"
                .formatted(machine.name(), index, regionId));
      }
      long newestTerm = facts.committedTermMax();
      if (facts.committed(index, term, machine.name())) {
        requireQuorum(regionId, index, term);
        requireForGood(regionId, index, term);
        if (term > newestTerm) {
          askOlderLeaders(regionId, term);
        }
      }
    }
    if (position.index() > log.base() && log.term(position.index()) != position.term()) {
      throw new SimulationFailure(
          "%s applied %s of region %d, its log has term %d there"
              .formatted(machine.name(), position, regionId, log.term(position.index())));
    }
  }

  /** What is committed, and so may have been acknowledged, is durable on a quorum. */
  private void requireQuorum(long regionId, long index, long term) {
    boolean quorum =
        regions.isQuorum(
            regionId,
            storeId -> {
              DurableGroup log = durable(storeId, regionId);
              return log != null && log.holds(index, term);
            });
    if (!quorum) {
      throw new SimulationFailure(
          "entry %d of region %d, term %d, is committed but not durable on a quorum of %s"
              .formatted(index, regionId, term, regions.newest(regionId)));
    }
  }

  /**
   * What is committed is in the log of whoever can be elected from now on. Raft paper, 5.4.2 and
   * figure 8: being on a quorum is not enough for that.
   */
  private void requireForGood(long regionId, long index, long term) {
    Region region = regions.newest(regionId);
    if (region == null) {
      return;
    }
    for (Peer candidate : region.peers()) {
      DurableGroup log = durable(candidate.storeId(), regionId);
      if (candidate.role() == PeerRole.LEARNER || (log != null && log.holds(index, term))) {
        continue;
      }
      boolean electable =
          regions.isNewestQuorum(
              regionId,
              storeId -> {
                DurableGroup voter = durable(storeId, regionId);
                return voter == null || !voter.isNewerThan(log);
              });
      if (electable) {
        throw new SimulationFailure(
            "entry %d of region %d, term %d, is committed, but peer %d could be elected without it"
                .formatted(index, regionId, term, candidate.id()));
      }
    }
  }

  private @Nullable DurableGroup durable(long storeId, long regionId) {
    Machine machine = machineByStoreId.get(storeId);
    return machine == null ? null : stores.durable(machine, regionId);
  }

  /** A membership change is applied only once it is known for good to be committed. */
  private void requireDurableCommit(Machine machine, long regionId, long index) {
    DurableGroup log = stores.durable(machine, regionId);
    if (log == null || index <= log.base()) {
      return; // a snapshot
    }
    HardState state = log.hardState();
    if (state == null || state.commit() < index) {
      throw new SimulationFailure(
          "%s applied membership change %d of region %d, but remembers only %s"
              .formatted(machine.name(), index, regionId, state));
    }
  }

  private void region(Machine machine, Region region) {
    RegionEpoch before = epochsOn(machine).put(region.id(), region.epoch());
    if (before != null
        && (region.epoch().confVer() < before.confVer()
            || region.epoch().version() < before.version())) {
      throw new SimulationFailure(
          "the epoch of region %d went back on %s: %s after %s"
              .formatted(region.id(), machine.name(), region.epoch(), before));
    }
    Region newest = regions.newest(region.id());
    if (newest == null || newest.epoch().confVer() < region.epoch().confVer()) {
      world.trace().line(machine.name(), "applied first: " + region);
    }
    regions.applied(region);
  }

  // ---- reads

  @Override
  public RegionStorage storage(NodeProcess process, Store store) {
    if (untrusted.contains(process.machine())) {
      return store;
    }
    machineByStoreId.put(store.identity().storeId(), process.machine());
    storeByProcess.put(process, store);
    process.onDeath(() -> storeByProcess.remove(process));
    return new RegionStorage() {
      @Override
      public void read(
          RegionContext context, ReadMode mode, @Nullable KeyRange keys, ReadReply reply) {
        if (mode != ReadMode.LEADER) {
          store.read(context, mode, keys, reply);
          return;
        }
        AtOnce watched = new AtOnce(process.machine(), context.regionId(), reply);
        store.read(context, mode, keys, watched);
        watched.asking = false;
      }

      @Override
      public void write(
          RegionContext context,
          KeyRange keys,
          Mutations mutations,
          @Nullable DecisionStamp decidedOn,
          WriteReply reply) {
        store.write(context, keys, mutations, decidedOn, reply);
      }

      @Override
      public List<LocalRegion> regionsIn(KeyRange range) {
        return store.regionsIn(range);
      }
    };
  }

  /** A reply that, while it is being asked for, can only come from a lease. */
  private final class AtOnce implements ReadReply {
    private final Machine machine;
    private final ReadReply reply;

    /** The newest term of which anything was committed when it was asked. */
    private final long newestTerm;

    private boolean asking = true;

    AtOnce(Machine machine, long regionId, ReadReply reply) {
      this.machine = machine;
      this.reply = reply;
      this.newestTerm = stores.facts(regionId).committedTermMax();
    }

    @Override
    public void ready(RegionReader reader) {
      if (asking) {
        leaseRead(machine, reader, newestTerm);
      }
      reply.ready(reader);
    }

    @Override
    public void refused(RegionError error) {
      reply.refused(error);
    }
  }

  /** A lease may answer only if nobody had committed anything in a later term when it was asked. */
  private void leaseRead(Machine machine, RegionReader reader, long newest) {
    leaseReads++;
    long term = reader.stamp().term();
    if (term < newest) {
      throw new SimulationFailure(
          "%s reads by its lease of term %d of region %d, while entries of term %d are committed"
              .formatted(machine.name(), term, reader.region().id(), newest));
    }
  }

  /**
   * An entry of {@code term} is committed: whoever still believes to lead an older one is asked to
   * read, as a client with an old route may ask at this moment.
   */
  private void askOlderLeaders(long regionId, long term) {
    storeByProcess.forEach((process, store) -> {
      for (StoreStatus.RegionStatus status : store.status().regions()) {
        Region region = status.region();
        if (status.regionId() == regionId
            && status.leads()
            && status.term() < term
            && region != null) {
          RegionContext context =
              new RegionContext(
                  regionId, region.epoch(), status.peerId(), store.identity().storeId(), 0);
          AtOnce watched = new AtOnce(process.machine(), regionId, UNHEARD);
          store.read(context, ReadMode.LEADER, null, watched);
          watched.asking = false;
        }
      }
    });
  }

  // ---- PD and messages

  @Override
  public Pd pd(NodeProcess process, PdMember member) {
    pdGroup.started(process, member);
    Pd watched = pd.watched(process, member.pd());
    pdByMachine.put(process.machine(), watched);
    process.onDeath(() -> pdByMachine.remove(process.machine()));
    return watched;
  }

  /** Where the member of PD is that leads; null if none does. */
  public @Nullable Machine pdLeader() {
    return pdGroup.leader();
  }

  /**
   * Asks the member of PD on {@code machine} for a timestamp, as anybody may who takes it for the
   * leader; {@code then} runs if it gives one.
   */
  public void askForTimestamp(Machine machine, Runnable then) {
    Pd member = pdByMachine.get(machine);
    for (Store store : storeByProcess.values()) {
      if (member == null) {
        return;
      }
      RequestHeader header =
          RequestHeader.newBuilder().setClusterId(store.identity().clusterId()).build();
      member.tso(
          TsoRequest.newBuilder().setHeader(header).setCount(1).build(),
          new PdReply<>() {
            @Override
            public void answer(TsoResponse response) {
              then.run();
            }

            @Override
            public void refuse(PdRefusal refusal) {}
          });
      return; // any store knows the cluster
    }
  }

  /** What PD's member had on {@code machine} is gone for good. */
  public void pdLost(Machine machine) {
    pdGroup.lost(machine);
    tornWrites.remove(machine.name() + " pd");
  }

  /** Whether a member of PD can be lost: there are three voters, and none of them is gone. */
  public boolean canLoseOnePd() {
    return pdGroup.canLoseOne();
  }

  /** How many voters PD has; 0 while that is not known, or its membership is joint. */
  public int pdVoters() {
    return pdGroup.voters();
  }

  @Override
  public void sent(Machine from, Machine to, String method, Message message) {
    world.trace().line(from.name(), new MessageLine(to.name(), method, message));
    if (!untrusted.contains(from)) {
      messages.sent(from, method, message);
    }
  }

  /** The hard state of a Region's peer on a machine, as far as it is durable. */
  public @Nullable HardState hardState(Machine machine, long regionId) {
    DurableGroup log = stores.durable(machine, regionId);
    return log == null ? null : log.hardState();
  }
}
