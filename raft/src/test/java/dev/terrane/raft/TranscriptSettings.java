package dev.terrane.raft;

/** What a transcript's {@code cluster} line may set. */
final class TranscriptSettings {
  private PeerSet voters = PeerSet.EMPTY;
  private PeerSet learners = PeerSet.EMPTY;
  private boolean preVote = true;
  private boolean checkQuorum = true;
  private long appendBytesMax = 1 << 20;
  private int appendEntriesMax = 4096;
  private int inflightMessagesMax = 256;
  private long inflightBytesMax = 8 << 20;
  private long uncommittedBytesMax = 64 << 20;
  private long committedBytesMax = 4 << 20;

  /** One {@code name=value}. */
  void set(String setting) {
    String name = setting.substring(0, setting.indexOf('='));
    String value = setting.substring(setting.indexOf('=') + 1);
    switch (name) {
      case "voters" -> voters = peers(value);
      case "learners" -> learners = peers(value);
      case "preVote" -> preVote = value.equals("on");
      case "checkQuorum" -> checkQuorum = value.equals("on");
      case "appendBytesMax" -> appendBytesMax = Long.parseLong(value);
      case "appendEntriesMax" -> appendEntriesMax = Integer.parseInt(value);
      case "inflightMessagesMax" -> inflightMessagesMax = Integer.parseInt(value);
      case "inflightBytesMax" -> inflightBytesMax = Long.parseLong(value);
      case "uncommittedBytesMax" -> uncommittedBytesMax = Long.parseLong(value);
      case "committedBytesMax" -> committedBytesMax = Long.parseLong(value);
      default -> throw new IllegalArgumentException("unknown setting " + name);
    }
  }

  private static PeerSet peers(String list) {
    PeerSet peers = PeerSet.EMPTY;
    for (String id : list.substring(1, list.length() - 1).split(" ", -1)) {
      peers = peers.with(Long.parseLong(id));
    }
    return peers;
  }

  Membership membership() {
    return Membership.of(voters, learners);
  }

  /** Elections after 6 to 15 ticks, a heartbeat each second tick. */
  RaftConfig config() {
    return new RaftConfig(
        5,
        15,
        2,
        preVote,
        checkQuorum,
        appendBytesMax,
        appendEntriesMax,
        inflightMessagesMax,
        inflightBytesMax,
        uncommittedBytesMax,
        committedBytesMax,
        8 << 20,
        1000);
  }
}
