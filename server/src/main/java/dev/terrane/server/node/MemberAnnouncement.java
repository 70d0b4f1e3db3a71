package dev.terrane.server.node;

import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.proto.terranepd.AddMemberRequest;
import dev.terrane.proto.terranepd.AddMemberResponse;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.store.PdLink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells PD's leader where this member is now, until it has heard. A member that is alone leads
 * itself, and nobody could find it at the address that it had before; so it asks itself first.
 *
 * <p>A node that PD has no need of goes on telling that it is there: PD makes it a member when one
 * is needed, and until then it is a store only.
 */
final class MemberAnnouncement implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MemberAnnouncement.class);
  private static final long PAUSE_MILLIS = 300;

  /** PD forgets who stands by after three of these. */
  private static final long STANDING_BY_MILLIS = 5_000;

  private final PdPart pd;
  private final GrpcPdLink link;
  private final LoopExecutor loop;
  private final Runnable whenHeard;
  private volatile String lastRefusal = "";
  private volatile boolean standsBy;
  private volatile boolean over;
  private volatile boolean closed;

  /**
   * @param whenHeard called when PD's leader knows this member's address
   */
  MemberAnnouncement(PdPart pd, GrpcPdLink link, LoopExecutor loop, Runnable whenHeard) {
    this.whenHeard = whenHeard;
    this.pd = pd;
    this.link = link;
    this.loop = loop;
  }

  /** Once more, if it is over: PD's leader may have lost this member. */
  void again() {
    if (over && !closed) {
      over = false;
      start();
    }
  }

  void start() {
    if (over) {
      return;
    }
    AddMemberRequest request = AddMemberRequest.newBuilder().setMember(pd.self()).build();
    pd.pd()
        .addMember(
            request,
            new PdReply<>() {
              @Override
              public void answer(AddMemberResponse response) {
                heard(response);
              }

              @Override
              public void refuse(PdRefusal refusal) {
                askLeader();
              }
            });
  }

  private void askLeader() {
    link.addMember(
        pd.self(),
        new PdLink.Reply<>() {
          @Override
          public void answered(AddMemberResponse response) {
            heard(response);
          }

          @Override
          public void failed(String reason) {
            loop.after(PAUSE_MILLIS, MemberAnnouncement.this::start);
          }
        });
  }

  private void heard(AddMemberResponse response) {
    if (over) {
      return;
    }
    if (response.getHeader().hasError()) {
      // Another member may still be written down at this one's address; it says where it is, too.
      String reason = response.getHeader().getError().getMessage();
      if (!reason.equals(lastRefusal)) {
        log.warn("PD does not take this member's address yet: {}", reason);
        lastRefusal = reason;
      }
      loop.after(PAUSE_MILLIS, this::start);
      return;
    }
    if (response.getStandsBy()) {
      standBy(response);
      return;
    }
    if (standsBy) {
      log.info("this node is a member of PD now");
    }
    over = true;
    whenHeard.run();
  }

  private void standBy(AddMemberResponse response) {
    if (!standsBy) {
      standsBy = true;
      log.info(
          "PD has {} members and wants {}: this node is a store only, and becomes a member when one"
              + " is lost or more are wanted ('terrane ctl pd members')",
          response.getMembersCount(),
          response.getVotersMax());
      whenHeard.run();
    }
    pd.meet(response);
    loop.after(STANDING_BY_MILLIS, this::start);
  }

  @Override
  public void close() {
    closed = true;
    over = true;
  }
}
