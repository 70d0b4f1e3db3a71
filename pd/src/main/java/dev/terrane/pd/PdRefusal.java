package dev.terrane.pd;

import org.jspecify.annotations.Nullable;

/**
 * Why a member did not answer a call at all. The server makes a gRPC status of it; which one, each
 * kind says. Clients search the texts of {@link NotLeader} for words, so these are part of the
 * protocol.
 */
public sealed interface PdRefusal {
  /** For the status. */
  String text();

  /**
   * UNAVAILABLE: this member does not lead, or cannot prove that it still does. What was asked may
   * have been done, and may be asked again elsewhere.
   *
   * @param leaderClientUrl where to ask; null while no leader is known
   */
  record NotLeader(@Nullable String leaderClientUrl) implements PdRefusal {
    @Override
    public String text() {
      return leaderClientUrl == null
          ? "not leader: no leader is elected now"
          : "not leader: the leader is at " + leaderClientUrl;
    }
  }

  /** UNAVAILABLE: this member has not joined its cluster yet, or is stopping. */
  record NotStarted() implements PdRefusal {
    @Override
    public String text() {
      return "server not started";
    }
  }

  /** UNAVAILABLE: too many calls wait. */
  record Busy(int waiting) implements PdRefusal {
    @Override
    public String text() {
      return "PD is busy: " + waiting + " calls wait";
    }
  }

  /** FAILED_PRECONDITION: the call was meant for another cluster. */
  record ClusterMismatch(long need, long got) implements PdRefusal {
    @Override
    public String text() {
      return "mismatch cluster id, need "
          + Long.toUnsignedString(need)
          + " but got "
          + Long.toUnsignedString(got);
    }
  }

  /** INVALID_ARGUMENT: the call makes no sense, whoever answers. Nothing changed. */
  record Invalid(String text) implements PdRefusal {}

  /** UNIMPLEMENTED: nothing of the kind is offered. */
  record Unsupported(String text) implements PdRefusal {}
}
