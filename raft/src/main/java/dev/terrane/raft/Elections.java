package dev.terrane.raft;

/**
 * How leaders are made: standing, voting, counting. Raft paper, 5.2 and 5.4.1; dissertation 9.6 for
 * pre-votes, 6.2 and 4.2.3 for whom a voter does not heed.
 *
 * <p>A vote, and what asks for one, goes out only when the term and the log that it speaks of are
 * durable. Otherwise a candidate that lost its newest entries in a crash could be elected on votes
 * given for the log that had them. Pre-votes bind nobody and go out at once.
 */
final class Elections {
  private final Core core;

  Elections(Core core) {
    this.core = core;
  }

  /** Stands for election, by a pre-vote first if so configured. Whether it could. */
  boolean campaign() {
    if (core.role() instanceof Role.Leading || !core.mayCampaign() || core.isBoundByPromise()) {
      return false;
    }
    if (core.config.preVote()) {
      askForPreVotes();
    } else {
      askForVotes(Role.Standing.ELECTION);
    }
    return true;
  }

  private void askForPreVotes() {
    Tally tally = new Tally();
    tally.count(core.id, true);
    core.becomePreCandidate(tally);
    PeerSet others = otherVoters();
    for (int i = 0; i < others.size(); i++) {
      core.outbox.send(
          new Message.RequestPreVote(
              core.id,
              others.at(i),
              core.term(),
              core.log.lastIndex(),
              core.log.lastTerm(),
              core.log.committed(),
              core.log.term(core.log.committed())));
    }
    decidePreVote(tally);
  }

  private void askForVotes(Role.Standing standing) {
    core.becomeCandidate(standing);
    PeerSet others = otherVoters();
    for (int i = 0; i < others.size(); i++) {
      core.outbox.sendAfterPersist(
          new Message.RequestVote(
              core.id,
              others.at(i),
              core.term(),
              core.log.lastIndex(),
              core.log.lastTerm(),
              core.log.committed(),
              core.log.term(core.log.committed()),
              standing != Role.Standing.ELECTION));
    }
  }

  private PeerSet otherVoters() {
    return core.membership().voters().union(core.membership().outgoing()).without(core.id);
  }

  private void decidePreVote(Tally tally) {
    switch (tally.outcome(core.membership())) {
      case WON -> askForVotes(Role.Standing.ELECTION);
      case LOST -> core.becomeFollower(core.term(), 0);
      case PENDING -> {}
    }
  }

  private void decideVote(Tally tally) {
    switch (tally.outcome(core.membership())) {
      case WON -> core.becomeLeader();
      case LOST -> core.becomeFollower(core.term(), 0);
      case PENDING -> {}
    }
  }

  /** This peer's vote in {@code hardState} is durable. */
  void votePersisted(HardState hardState) {
    if (core.role() instanceof Role.Candidate candidate && hardState.term() == core.term()) {
      candidate.tally().count(core.id, true);
      decideVote(candidate.tally());
    }
  }

  /** Whether requests for votes are not even answered: there is a leader, or was a moment ago. */
  boolean ignoresCandidates() {
    return core.role() instanceof Role.Leading || core.isBoundByPromise();
  }

  /** Answers a request of this peer's term. */
  void vote(Message.RequestVote request) {
    learnCommit(request.commit(), request.commitTerm());
    if (!request.transfer() && ignoresCandidates()) {
      return;
    }
    boolean free = core.vote() == request.from() || (core.vote() == 0 && core.leaderId() == 0);
    boolean grant = free && core.log.isUpToDate(request.lastIndex(), request.lastTerm());
    Message.VoteResult result = new Message.VoteResult(core.id, request.from(), core.term(), grant);
    if (grant) {
      core.voteFor(request.from());
      core.outbox.sendAfterPersist(result);
    } else {
      core.outbox.send(result);
    }
  }

  /** Answers a pre-vote of any term. The asker's term is entered by nobody but itself. */
  void preVote(Message.RequestPreVote request) {
    learnCommit(request.commit(), request.commitTerm());
    if (ignoresCandidates() && request.term() >= core.term()) {
      holdPreVote(request);
      return;
    }
    boolean grant =
        request.term() >= core.term()
            && core.log.isUpToDate(request.lastIndex(), request.lastTerm())
            && !hasPrecedenceOver(request);
    if (grant && core.role() instanceof Role.PreCandidate) {
      core.becomeFollower(core.term(), 0); // gives way
    }
    core.outbox.send(
        new Message.PreVoteResult(core.id, request.from(), core.term(), request.term(), grant));
  }

  /**
   * An entry that the asker knows to be committed is so here as well, if this log has it, whoever
   * may lead. The asker alone may know it, and be refused because it has lost what followed: a
   * leader that was the only voter, and whose disk failed after it had made voters of others. These
   * have what followed, but do not stand, since they do not know that they vote.
   *
   * <p>Who learns so of a change of membership while it stands gives up: it stood in a group that
   * is no more.
   */
  private void learnCommit(long index, long term) {
    if (core.role() instanceof Role.Leading
        || core.log.isInstalling()
        || term == 0
        || !core.log.matches(index, term)
        || !core.log.commitTo(index)) {
      return;
    }
    boolean stands =
        core.role() instanceof Role.PreCandidate || core.role() instanceof Role.Candidate;
    if (stands && core.log.hasCommittedConfChange()) {
      core.becomeFollower(core.term(), 0);
    }
  }

  /**
   * Of two that ask at the same time with equal logs the one of the greater id goes on. Each could
   * have the other's pre-vote, and then both would stand and vote for themselves; where two are
   * left of three voters, and tick at the same moments, that is one election in five.
   */
  private boolean hasPrecedenceOver(Message.RequestPreVote request) {
    return core.role() instanceof Role.PreCandidate
        && request.term() == core.term()
        && request.lastIndex() == core.log.lastIndex()
        && request.lastTerm() == core.log.lastTerm()
        && request.from() < core.id;
  }

  /**
   * A leader may be gone that this voter has promised to wait for: the asker need not ask again.
   */
  private void holdPreVote(Message.RequestPreVote request) {
    if (core.isBoundByPromise() && core.membership().isVoter(request.from())) {
      core.promise.hold(request);
    }
  }

  /** Answers those who asked for a pre-vote while this voter was bound by its promise. */
  void answerReleased() {
    for (Message.RequestPreVote request : core.promise.takeReleased()) {
      preVote(request);
    }
  }

  /** Counts an answer; one from a later term has been dealt with before. */
  void preVoteAnswered(Message.PreVoteResult result) {
    if (core.role() instanceof Role.PreCandidate candidate && result.requestTerm() == core.term()) {
      candidate.tally().count(result.from(), result.granted());
      decidePreVote(candidate.tally());
    }
  }

  void voteAnswered(Message.VoteResult result) {
    if (core.role() instanceof Role.Candidate candidate) {
      candidate.tally().count(result.from(), result.granted());
      decideVote(candidate.tally());
    }
  }

  /**
   * A leader whose transfer failed after it told the target to campaign asks for a term of its own
   * again: in this one it can have no more lease, since the target may stand at any time. In the
   * next it may, because a word to stand is void once its term is. Its voters need not wait, since
   * it is to itself that they have promised to.
   */
  void renewTerm() {
    if (core.mayCampaign()) {
      core.becomeFollower(core.term(), 0); // its reads end, as with any leader who leads no more
      askForVotes(Role.Standing.RENEWAL);
    }
  }

  /** Whether this peer has led and stands for its next term. */
  boolean isRenewingTerm() {
    return core.role() instanceof Role.Candidate candidate
        && candidate.standing() == Role.Standing.RENEWAL;
  }

  /** The leader hands over: stands without asking first, and its voters need not wait. */
  void timeoutNow() {
    if (core.mayCampaign()) {
      askForVotes(Role.Standing.TRANSFER);
    }
  }
}
