package dev.terrane.server.transport;

import dev.terrane.pd.PdTransport;
import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdInternalGrpc;
import dev.terrane.proto.terranepd.PdRaftBatch;
import dev.terrane.proto.terranepd.PdRaftDone;
import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.txn.ReadPool;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Carries Raft messages between PD members, whose addresses PD itself knows. Thread-safe. */
public final class GrpcPdTransport implements PdTransport, AutoCloseable {
  private static final long QUEUED_BYTES_MAX = 16 << 20;

  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final ReadPool encoders;
  private final MemberBook members;
  private volatile Consumer<List<Member>> hints = news -> {};
  private final ConcurrentMap<Long, PeerStream<PdRaftBatch, PdRaftDone>> streamById =
      new ConcurrentHashMap<>();

  /**
   * @param self this member, with its addresses of this start
   * @param encoders where large messages are encoded
   */
  public GrpcPdTransport(Member self, GrpcChannels channels, LoopExecutor loop, ReadPool encoders) {
    this.members = new MemberBook(self);
    this.channels = channels;
    this.loop = loop;
    this.encoders = encoders;
  }

  @Override
  public void send(long toMemberId, PdRaftBatch batch) {
    if (members.address(toMemberId) != null) {
      streamById.computeIfAbsent(toMemberId, this::newStream).send(batch);
    }
  }

  private PeerStream<PdRaftBatch, PdRaftDone> newStream(long memberId) {
    return new PeerStream<>(
        "PD member",
        memberId,
        new MemberAddresses(),
        channels,
        loop,
        encoders,
        (channel, responses) -> PdInternalGrpc.newStub(channel).raft(responses),
        PdRaftBatch::getSerializedSize,
        QUEUED_BYTES_MAX);
  }

  @Override
  public void membersChanged(List<Member> changed) {
    moved(members.membersAre(changed));
    Set<Long> present = changed.stream().map(Member::getId).collect(Collectors.toSet());
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

  @Override
  public @Nullable String peerUrlOf(long memberId) {
    HostPort address = members.address(memberId);
    return address == null ? null : address.url();
  }

  /** Notes what somebody says of where members are, and answers what this one knows. */
  public List<Member> greeted(List<Member> told) {
    hear(told);
    return members.all();
  }

  /** The member {@code answering} was met at {@code asked}, and not where it was before. */
  public void met(HostPort asked, Member answering) {
    moved(members.met(asked, answering));
  }

  private void hear(List<Member> told) {
    List<Member> news = members.hints(told);
    if (!news.isEmpty()) {
      hints.accept(news);
    }
  }

  /** Who is told where members may be, and asks there. */
  public void onHints(Consumer<List<Member>> listener) {
    hints = listener;
  }

  /** This member and the others, each where it was heard of last. */
  public List<Member> members() {
    return members.all();
  }

  /** Where the other members are. */
  public Set<HostPort> otherAddresses() {
    return members.all().stream()
        .skip(1) // this one
        .map(MemberBook::address)
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  /** Where that member is known to be; null if it is not known. */
  public @Nullable HostPort addressOf(long memberId) {
    return members.address(memberId);
  }

  private void moved(Set<Long> memberIds) {
    for (long memberId : memberIds) {
      PeerStream<PdRaftBatch, PdRaftDone> stream = streamById.get(memberId);
      if (stream != null) {
        stream.peerMoved();
      }
    }
  }

  @Override
  public void close() {
    streamById.values().forEach(PeerStream::close);
  }

  /** What has been heard last. */
  private final class MemberAddresses implements AddressBook {
    @Override
    public void find(long id, Consumer<@Nullable HostPort> found) {
      found.accept(members.address(id));
    }

    @Override
    public void doubt(long id) {
      // A member that has moved says so by itself.
    }
  }
}
