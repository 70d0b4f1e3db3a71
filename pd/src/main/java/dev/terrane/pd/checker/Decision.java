package dev.terrane.pd.checker;

import dev.terrane.pd.operator.Step;
import java.util.List;

/** What to do about one Region, and why. */
public sealed interface Decision {
  /** In a sentence's words. */
  String reason();

  record Nothing(String reason) implements Decision {}

  /** A new learner on this store. It needs an id, which the checker does not give. */
  record AddReplica(long storeId, String reason) implements Decision {}

  /** An operator called {@code name}. */
  record Change(String name, List<Step> steps, String reason) implements Decision {
    public Change {
      steps = List.copyOf(steps);
    }
  }
}
