package dev.terrane.cli.shell;

import java.util.List;
import java.util.Optional;

/** What the word under the cursor may become. */
final class Completions {
  private Completions() {}

  /**
   * Candidates for the word at {@code index}; the caller drops those that do not fit what is there.
   */
  static List<String> of(List<String> words, int index) {
    if (index == 0) {
      return Verb.words();
    }
    Optional<Verb> verb = Verb.of(words.getFirst());
    if (verb.isEmpty()) {
      return List.of();
    }
    return verb.get() == Verb.HELP ? Verb.words() : verb.get().options();
  }
}
