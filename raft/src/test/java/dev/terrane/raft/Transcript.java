package dev.terrane.raft;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A story in text: blocks of commands, each followed by {@code ----} and what then happened up to
 * an empty line. Lines that begin with {@code #} say why it matters.
 */
final class Transcript {
  private static final String SEPARATOR = "----";

  private @Nullable TranscriptGroup group;

  private TranscriptGroup group() {
    return Objects.requireNonNull(group, "a story begins with a cluster");
  }

  /** The text of {@code story} with the outputs that it has now. */
  static String replay(String story) {
    return new Transcript().run(story);
  }

  private String run(String story) {
    List<String> lines = new ArrayList<>();
    boolean inOutput = false;
    for (String line : story.lines().toList()) {
      if (inOutput) {
        inOutput = !line.isEmpty();
      }
      if (inOutput) {
        continue;
      }
      lines.add(line);
      if (line.equals(SEPARATOR)) {
        lines.addAll(group().takeOutput());
        inOutput = true;
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        execute(line);
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private void execute(String line) {
    List<String> words = Arrays.asList(line.split(" +(?![^(]*\\))"));
    String verb = words.getFirst();
    switch (verb) {
      case "cluster" -> group = newGroup(words);
      case "settle" -> group().settle();
      case "deliver" -> onLink(words, group()::deliver);
      case "drop" -> onLink(words, group()::drop);
      default -> ofPeer(verb, Long.parseLong(words.get(1)), words.subList(2, words.size()));
    }
  }

  private void ofPeer(String verb, long id, List<String> rest) {
    switch (verb) {
      case "tick" -> group().tick(id, rest.isEmpty() ? 1 : Integer.parseInt(rest.getFirst()));
      case "heartbeat" -> group().heartbeat(id);
      case "campaign" -> group().campaign(id);
      case "propose" -> rest.forEach(data -> group().propose(id, EntryKind.NORMAL, data));
      case "admin" -> rest.forEach(data -> group().propose(id, EntryKind.ADMIN, data));
      case "change" -> group().change(id, confChange(rest));
      case "read" -> group().read(id, number(rest, 0));
      case "transfer" -> group().transfer(id, number(rest, 0));
      case "hibernate" -> group().hibernate(id);
      case "wake" -> group().wake(id, rest.isEmpty() ? 0 : Integer.parseInt(rest.getFirst()));
      case "paused" -> group().paused(id);
      case "unreachable" -> group().unreachable(id, number(rest, 0));
      case "compact" -> group().compact(id, number(rest, 0));
      case "remember" -> group().remember(id, (int) number(rest, 0));
      case "read-log" -> group().readLog(id);
      case "ship" -> group().ship(id, number(rest, 0));
      case "shipped" -> group().reportSnapshot(id, number(rest, 0), true);
      case "not-shipped" -> group().reportSnapshot(id, number(rest, 0), false);
      case "crash" -> group().crash(id);
      case "stop" -> group().stop(id);
      case "restart" -> group().restart(id);
      case "cut" -> group().cut(id);
      case "connect" -> group().connect(id);
      case "manual" -> group().manual(id);
      case "automatic" -> group().automatic(id);
      case "ready" -> group().takeReady(id);
      case "persist" -> group().persist(id);
      case "apply" -> group().apply(id);
      case "status" -> group().status(id);
      case "log" -> group().log(id);
      case "lease" -> group().lease(id);
      default -> throw new IllegalArgumentException("unknown command: " + verb);
    }
  }

  private static long number(List<String> words, int position) {
    return Long.parseLong(words.get(position));
  }

  private interface OnLink {
    void act(long from, long to, int count);
  }

  /** For example {@code deliver 1->2 3}. */
  private static void onLink(List<String> words, OnLink action) {
    String link = words.get(1);
    int arrow = link.indexOf("->");
    action.act(
        Long.parseLong(link.substring(0, arrow)),
        Long.parseLong(link.substring(arrow + 2)),
        words.size() > 2 ? Integer.parseInt(words.get(2)) : 1);
  }

  /** For example {@code add-voter 4}, {@code joint add-voter 4 remove 2}, {@code leave}. */
  private static ConfChange confChange(List<String> words) {
    Bytes context = Bytes.EMPTY;
    return switch (words.getFirst()) {
      case "leave" -> new ConfChange.LeaveJoint(context);
      case "joint" -> new ConfChange.EnterJoint(changes(words.subList(1, words.size())), context);
      default -> new ConfChange.Single(changes(words).getFirst(), context);
    };
  }

  private static List<Change> changes(List<String> words) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < words.size(); i += 2) {
      long peer = Long.parseLong(words.get(i + 1));
      changes.add(
          switch (words.get(i)) {
            case "add-voter" -> Change.addVoter(peer);
            case "add-learner" -> Change.addLearner(peer);
            case "remove" -> Change.remove(peer);
            default -> throw new IllegalArgumentException("unknown change " + words.get(i));
          });
    }
    return changes;
  }

  /** For example {@code cluster voters=(1 2 3) learners=(4) heartbeat=2 preVote=off}. */
  private static TranscriptGroup newGroup(List<String> words) {
    TranscriptSettings settings = new TranscriptSettings();
    words.stream().skip(1).forEach(settings::set);
    return new TranscriptGroup(settings.config(), settings.membership());
  }
}
