package dev.terrane.pd.state;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The numbers of a semantic version. What follows them (pre-release, build) is not compared. */
record SemanticVersion(int major, int minor, int patch) implements Comparable<SemanticVersion> {
  private static final Pattern FORM =
      Pattern.compile(
          "v?(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?");

  /** The version that {@code text} states; null if it states none. */
  static @Nullable SemanticVersion parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    return new SemanticVersion(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /** Whether a store of this version may serve in a cluster of {@code cluster}. */
  boolean isCompatibleWith(SemanticVersion cluster) {
    return compareTo(cluster) >= 0 || (major == cluster.major && minor == cluster.minor);
  }

  @Override
  public int compareTo(SemanticVersion other) {
    if (major != other.major) {
      return Integer.compare(major, other.major);
    }
    return minor != other.minor
        ? Integer.compare(minor, other.minor)
        : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
