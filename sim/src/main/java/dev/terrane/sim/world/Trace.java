package dev.terrane.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happened: a digest of everything, and the newest lines of a timeline for people.
 *
 * <p>A line keeps the objects it speaks of and becomes text only when somebody reads it, which for
 * almost all runs is never.
 */
public final class Trace {
  private static final int LINES_MAX = 1 << 13;

  private final World world;
  private final Line[] lines = new Line[LINES_MAX];
  private long linesWritten;
  private long digest;

  private record Line(long atNanos, String where, Object what) {}

  Trace(World world) {
    this.world = world;
  }

  void happened(long sequence) {
    digest = Streams.mix(digest ^ world.nowNanos()) + sequence;
  }

  /** Makes {@code fact} part of the digest. */
  public void digest(long fact) {
    digest = Streams.mix(digest ^ fact);
  }

  /** The digest of everything so far. */
  public long digest() {
    return digest;
  }

  /**
   * Adds a line.
   *
   * @param what turned into text by {@code toString}, perhaps much later: must not change
   */
  public void line(String where, Object what) {
    lines[(int) (linesWritten++ % LINES_MAX)] = new Line(world.nowNanos(), where, what);
  }

  /** The newest lines, oldest first. */
  public List<String> newest(int count) {
    List<String> texts = new ArrayList<>();
    for (long i = Math.max(0, linesWritten - Math.min(count, LINES_MAX)); i < linesWritten; i++) {
      Line line = lines[(int) (i % LINES_MAX)];
      texts.add(
          String.format(
              Locale.ROOT,
              "%4d.%06d  %-4s %s",
              line.atNanos / 1_000_000_000,
              line.atNanos / 1000 % 1_000_000,
              line.where,
              line.what));
    }
    return texts;
  }
}
