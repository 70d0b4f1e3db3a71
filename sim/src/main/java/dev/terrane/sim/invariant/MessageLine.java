package dev.terrane.sim.invariant;

import com.google.protobuf.Message;
import dev.terrane.proto.terranepb.RaftBatch;
import dev.terrane.proto.terranepb.RaftEnvelope;
import dev.terrane.proto.terranepb.RaftMessage;

/** Of the timeline: a message has left. */
record MessageLine(String to, String method, Message message) {
  private static final int CHARACTERS_MAX = 300;

  @Override
  public String toString() {
    String text = message instanceof RaftBatch batch ? raft(batch) : oneLine(message.toString());
    return "-> " + to + "  " + method.substring(method.lastIndexOf('/') + 1) + " " + text;
  }

  private static String raft(RaftBatch batch) {
    StringBuilder text = new StringBuilder();
    for (RaftEnvelope envelope : batch.getEnvelopesList()) {
      RaftMessage raft = envelope.getMessage();
      text.append(
          "[%d] %d->%d %s term %d"
              .formatted(
                  envelope.getRegionId(),
                  envelope.getFromPeer().getId(),
                  envelope.getToPeer().getId(),
                  raft.getKind(),
                  raft.getTerm()));
      append(text, "index", raft.getIndex());
      append(text, "of term", raft.getLogTerm());
      append(text, "entries", raft.getEntriesCount());
      append(text, "commit", raft.getCommit());
      append(text, "round", raft.getRound());
      if (raft.getFlag()) {
        text.append(" yes");
      }
      text.append("; ");
    }
    if (batch.getDigestsCount() > 0) {
      text.append("digests ").append(batch.getDigestsCount());
    }
    batch
        .getRemovedList()
        .forEach(removed -> text.append("removed ").append(oneLine(removed.toString())));
    return text.toString();
  }

  private static void append(StringBuilder text, String name, long value) {
    if (value != 0) {
      text.append(' ').append(name).append(' ').append(value);
    }
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").trim();
    return line.length() <= CHARACTERS_MAX ? line : line.substring(0, CHARACTERS_MAX) + " ...";
  }
}
