package dev.terrane.server.transport;

import dev.terrane.pd.PdTransport;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftDone;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries Raft messages between PD members, whose addresses PD itself knows. Thread-safe. */
public final class GrpcPdTransport implements PdTransport, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcPdTransport.class);
  private static final long QUEUED_BYTES_MAX = 16 << 20;

  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final ConcurrentMap<Long, HostPort> addressById = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, PeerStream<PdRaftBatch, PdRaftDone>> streamById =
      new ConcurrentHashMap<>();

  public GrpcPdTransport(GrpcChannels channels, LoopExecutor loop) {
    this.channels = channels;
    this.loop = loop;
  }

  @Override
  public void send(long toMemberId, PdRaftBatch batch) {
    streamById.computeIfAbsent(toMemberId, this::newStream).send(batch);
  }

  private PeerStream<PdRaftBatch, PdRaftDone> newStream(long memberId) {
    return new PeerStream<>(
        "PD member",
        memberId,
        new MemberAddresses(),
        channels,
        loop,
        (channel, responses) -> PdInternalGrpc.newStub(channel).raft(responses),
        PdRaftBatch::getSerializedSize,
        QUEUED_BYTES_MAX);
  }

  @Override
  public void membersChanged(List<Member> members) {
    Set<Long> present = members.stream().map(Member::getId).collect(Collectors.toSet());
    addressById.keySet().retainAll(present);
    for (Member member : members) {
      if (member.getPeerUrlsCount() > 0) {
        put(member);
      }
    }
    streamById
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !present.contains(entry.getKey());
          if (gone) {
            entry.getValue().close();
          }
          return gone;
        });
  }

  private void put(Member member) {
    try {
      addressById.put(member.getId(), HostPort.parse(member.getPeerUrls(0)));
    } catch (IllegalArgumentException e) {
      log.warn("PD member {} has no usable peer URL", member.getName(), e);
    }
  }

  @Override
  public void close() {
    streamById.values().forEach(PeerStream::close);
  }

  /** What {@link #membersChanged} has said last. */
  private final class MemberAddresses implements AddressBook {
    @Override
    public void find(long id, Consumer<@Nullable HostPort> found) {
      found.accept(addressById.get(id));
    }

    @Override
    public void doubt(long id) {
      // PD says by itself when a member moves.
    }
  }
}
