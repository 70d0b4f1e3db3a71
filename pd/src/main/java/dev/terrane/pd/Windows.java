package dev.terrane.pd;

import dev.terrane.common.Invariant;
import dev.terrane.common.TimeSource;
import dev.terrane.pd.state.Outcome;
import dev.terrane.proto.terranepd.Command;

/**
 * Reserves timestamps and ids ahead of their use: what is handed out lies below what was replicated
 * before, so that no later leader hands it out again.
 *
 * <p>Confined to the member's thread.
 */
final class Windows {
  private final MemberRaft raft;
  private final TimeSource time;

  Windows(MemberRaft raft, TimeSource time) {
    this.raft = raft;
    this.time = time;
  }

  /** Extends what is running short. */
  void extend(Leadership current) {
    long bound = current.oracle().boundToSave(time.wallMillis());
    if (bound != 0) {
      Command.Builder command = Command.newBuilder();
      command.getSaveTimestampBoundBuilder().setBoundMillis(bound);
      boolean proposed =
          raft.propose(
              command,
              new MemberRaft.Proposal() {
                @Override
                public void applied(Outcome outcome) {
                  current.oracle().saved(bound);
                }

                @Override
                public void lost() {
                  current.oracle().notSaved();
                }
              });
      if (!proposed) {
        current.oracle().notSaved();
      }
    }
    reserveIds(current, 0);
  }

  /** Asks for ids if fewer than usual, or than {@code wanted}, are at hand. */
  void reserveIds(Leadership current, long wanted) {
    long count = current.ids().toReserve(wanted);
    if (count == 0) {
      return;
    }
    Command.Builder command = Command.newBuilder();
    command.getReserveIdsBuilder().setCount(count);
    boolean proposed =
        raft.propose(
            command,
            new MemberRaft.Proposal() {
              @Override
              public void applied(Outcome outcome) {
                if (!(outcome instanceof Outcome.Ids ids)) {
                  throw Invariant.violated("reserving ids gave %s", outcome);
                }
                current.ids().reserved(ids.first(), ids.last());
              }

              @Override
              public void lost() {
                current.ids().notReserved();
              }
            });
    if (!proposed) {
      current.ids().notReserved();
    }
  }
}
