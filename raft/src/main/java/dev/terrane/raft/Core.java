package dev.terrane.raft;

import static dev.terrane.common.Invariant.check;

import java.util.random.RandomGenerator;

/**
 * What all roles of one peer share: its identity, its term and vote, its log, its timer.
 *
 * <p>Invariants: {@code term} never goes back; {@code vote} changes at most once in a term; {@code
 * leaderId} changes from 0 at most once in a term.
 */
final class Core {
  final RaftConfig config;
  final long id;
  final RaftLog log;
  final Outbox outbox = new Outbox();
  final VotePromise promise;
  final Persistence persistence = new Persistence();
  private final ForwardedReads forwardedReads;
  private final RandomGenerator random;

  private Membership membership;
  private long term;
  private long vote;
  private long leaderId;
  private Role role = new Role.Follower();
  private boolean hibernating;

  /** Whether a pause has put the election off since a leader was heard of last. */
  private boolean sparedByPause;

  private int electionElapsed;
  private int electionTimeout;

  /** So much longer its leader is waited for until it is heard of. */
  private int patience;

  /** The last heartbeat round that this peer began as a leader of any term. */
  private long lastRound;

  Core(
      RaftConfig config,
      long id,
      InitialState initial,
      LogStorage storage,
      RandomGenerator random,
      EntryBudget budget) {
    this.config = config;
    this.id = id;
    this.random = random;
    this.membership = initial.membership();
    this.term = initial.hardState().term();
    this.vote = initial.hardState().vote();
    this.log =
        new RaftLog(
            storage,
            initial.hardState().commit(),
            initial.applied(),
            config.committedBytesMax(),
            budget);
    this.promise = new VotePromise(config.electionTicksMin());
    this.forwardedReads = new ForwardedReads(this);
    if (initial.mayHavePromised()) {
      promise.renew();
    }
    restartElectionTimer();
  }

  Membership membership() {
    return membership;
  }

  void setMembership(Membership membership) {
    this.membership = membership;
  }

  long term() {
    return term;
  }

  long vote() {
    return vote;
  }

  /** The leader of this term; 0 if unknown. */
  long leaderId() {
    return leaderId;
  }

  Role role() {
    return role;
  }

  ForwardedReads forwardedReads() {
    return forwardedReads;
  }

  long lastRound() {
    return lastRound;
  }

  long beginRound() {
    return ++lastRound;
  }

  boolean isHibernating() {
    return hibernating;
  }

  void hibernate() {
    hibernating = true;
  }

  /** Whether this peer was asleep. */
  boolean endHibernation() {
    if (!hibernating) {
      return false;
    }
    hibernating = false;
    restartElectionTimer();
    return true;
  }

  void electionTimerTick() {
    electionElapsed++;
  }

  /** Whether the wait for a leader has ended. */
  boolean isElectionDue() {
    return electionElapsed >= electionTimeout + patience;
  }

  /**
   * What a leader tells its followers to be committed: no more than it has applied. It answers
   * reads on its lease from what it has applied, and a follower that was ahead of that could show a
   * write to one reader which a later one does not find here.
   *
   * <p>Its own removal it tells before, and gives up its lease for it: once it has applied that,
   * nobody would tell it again, and those who stay could wait for the vote of one who is gone.
   */
  long committedToTell() {
    long committed = log.committed();
    long applied = log.applied();
    return applied >= committed || isBeingRemoved() ? committed : applied;
  }

  /** Whether a change that is committed and not applied takes this peer's vote. */
  boolean isBeingRemoved() {
    Entry committed = log.committedConfChange();
    if (committed == null) {
      return false;
    }
    ConfChange change = ConfChange.decode(committed.data());
    // Invalid once it is in effect, which is a moment before it counts as applied.
    return MembershipChange.whyInvalid(membership, change) == null
        && !MembershipChange.apply(membership, change).isVoter(id);
  }

  /** The tick that ends the wait for a leader comes after so many; at least 1. */
  int ticksToElection() {
    return Math.max(1, electionTimeout + patience - electionElapsed);
  }

  /** A number that nobody can foresee. */
  long drawNumber() {
    return random.nextLong();
  }

  /** See {@link RawNode#paused}. */
  void paused() {
    if (!sparedByPause && !(role instanceof Role.Leading)) {
      sparedByPause = true;
      promise.renew();
      promise.extend(patience);
      restartElectionTimer();
    }
  }

  /** See {@link RawNode#bePatient}. */
  void bePatient(int ticks) {
    if (role instanceof Role.Follower && leaderId != 0) {
      patience = ticks;
      promise.extend(ticks);
    }
  }

  void restartElectionTimer() {
    electionElapsed = 0;
    int span = config.electionTicksMax() - config.electionTicksMin();
    electionTimeout = config.electionTicksMin() + 1 + random.nextInt(span);
  }

  /**
   * Whether this peer may stand for election: it votes, its state is whole, and it has applied
   * every membership change that it knows to be committed. Otherwise it might win by the majority
   * of a configuration that the group has left.
   */
  boolean mayCampaign() {
    return membership.isVoter(id) && !log.isInstalling() && !log.hasCommittedConfChange();
  }

  /**
   * Whether this peer's promise keeps it from voting. A peer that is its group's only voter has
   * promised nothing to anybody else, unless its log holds a change of that.
   */
  boolean isBoundByPromise() {
    return promise.isInForce() && !(membership.isSoleVoter(id) && !log.hasConfChange());
  }

  /** Enters {@code newTerm} if it is later, and follows {@code leader}, 0 for nobody yet. */
  void becomeFollower(long newTerm, long leader) {
    check(newTerm >= term, "term %d after %d", newTerm, term);
    check(
        newTerm > term || leaderId == 0 || leader == 0 || leader == leaderId,
        "peers %d and %d both lead in term %d",
        leaderId,
        leader,
        term);
    if (role instanceof Role.Leading leading) {
      leading.leader().abandonReads();
    }
    if (newTerm > term || leader != leaderId) {
      forwardedReads.abortAll();
    }
    if (newTerm > term) {
      term = newTerm;
      vote = 0;
    }
    leaderId = leader;
    role = new Role.Follower();
    patience = 0;
    restartElectionTimer();
  }

  /** A message of this term's leader has come. */
  void heardFromLeader(long leader) {
    check(!(role instanceof Role.Leading), "peer %d also leads in term %d", leader, term);
    if (leaderId != leader || !(role instanceof Role.Follower)) {
      becomeFollower(term, leader);
    }
    electionElapsed = 0;
    patience = 0;
    sparedByPause = false;
    promise.renew();
  }

  void becomePreCandidate(Tally tally) {
    leaderId = 0;
    patience = 0;
    forwardedReads.abortAll();
    role = new Role.PreCandidate(tally);
    restartElectionTimer();
  }

  /** Enters a new term and votes for itself in it. */
  void becomeCandidate(Role.Standing standing) {
    term++;
    vote = id;
    leaderId = 0;
    patience = 0;
    forwardedReads.abortAll();
    role = new Role.Candidate(new Tally(), standing); // its own vote counts when it is durable
    restartElectionTimer();
  }

  void becomeLeader() {
    check(role instanceof Role.Candidate, "elected in term %d without standing", term);
    leaderId = id;
    Leader leader = new Leader(this);
    role = new Role.Leading(leader);
    leader.open();
  }

  /** Votes for {@code candidate}, and gives it time to win. */
  void voteFor(long candidate) {
    check(vote == 0 || vote == candidate, "voted for %d and %d in term %d", vote, candidate, term);
    vote = candidate;
    restartElectionTimer();
  }
}
