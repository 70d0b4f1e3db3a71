package dev.terrane.pd;

import dev.terrane.proto.terranepd.Member;
import dev.terrane.proto.terranepd.PdRaftBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a member reaches the others. Called on PD's thread; must not block. */
public interface PdTransport {
  /** Sends, or drops: Raft asks again. */
  void send(long toMemberId, PdRaftBatch batch);

  /** Says who the members are and where, at start and when it changes. */
  void membersChanged(List<Member> members);

  /** Where that member is written to; null if it is not known. */
  @Nullable String peerUrlOf(long memberId);
}
