package dev.terrane.server.config;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many files and connections a node may have open, divided among those that could open ever
 * more of them. About half of a small limit stays with the JVM, with what is opened for a moment,
 * and as a reserve: a write must not find that a connection has taken the last one.
 *
 * @param connections taken in, over all ports
 * @param engineFiles tables that the engine keeps open
 * @param logSegments segments of the Raft log, each of which is open
 */
public record DescriptorBudget(int connections, int engineFiles, int logSegments) {
  /** Below this a node could not even start. */
  public static final long LIMIT_MIN = 192;

  /** As if there were no more: no node uses so many. */
  private static final long LIMIT_MAX = 1 << 20;

  /**
   * Divides {@code limit}, the most that the process can have open.
   *
   * @throws ConfigException if it is too little
   */
  public static DescriptorBudget divide(long limit) {
    if (limit < LIMIT_MIN) {
      throw new ConfigException(
          "the limit of open files is "
              + limit
              + ", a node needs at least "
              + LIMIT_MIN
              + "; raise it (ulimit -n)");
    }
    int usable = (int) Math.min(limit, LIMIT_MAX);
    return new DescriptorBudget(usable / 4, usable / 8, Math.max(16, usable / 12));
  }

  /** What the system allows this process. */
  public static DescriptorBudget ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? divide(unix.getMaxFileDescriptorCount())
        : divide(LIMIT_MAX);
  }
}
