package dev.terrane.sim.cluster;

import java.util.List;

/** A run that broke a promise: what, and the timeline that led there. */
public final class FailedRun extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final transient List<String> timeline;

  FailedRun(Parameters parameters, Throwable cause, List<String> timeline) {
    super(
        "seed %d: %s%nreplay: make sim SEED=%d%n%s"
            .formatted(parameters.seed(), cause.getMessage(), parameters.seed(), parameters),
        cause);
    this.what = String.valueOf(cause.getMessage());
    this.timeline = timeline;
  }

  /** Which promise. */
  public String what() {
    return what;
  }

  /** The newest lines, oldest first. */
  public List<String> timeline() {
    return timeline;
  }
}
