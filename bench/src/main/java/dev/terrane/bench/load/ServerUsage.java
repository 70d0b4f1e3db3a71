package dev.terrane.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What servers have used so far: CPU time of processes, from {@code /proc}, and disk syncs of
 * nodes, from their {@code /metrics}. The difference of two is what was used between.
 *
 * @param cpuMicros by process id; user and system time
 * @param syncs by status address
 */
record ServerUsage(Map<Long, Long> cpuMicros, Map<String, Double> syncs) {
  /** Every Linux of today counts in hundredths of a second. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final String SYNC_COUNTER = "terrane_raft_log_syncs_total";

  /** Reads what the processes and nodes say now; a process that is gone is left out. */
  static ServerUsage read(List<Long> pids, List<String> statusAddresses)
      throws IOException, InterruptedException {
    Map<Long, Long> cpu = new LinkedHashMap<>();
    for (long pid : pids) {
      Path stat = Path.of("/proc", Long.toString(pid), "stat");
      if (Files.exists(stat)) {
        cpu.put(pid, cpuMicros(Files.readString(stat)));
      }
    }
    Map<String, Double> syncs = new LinkedHashMap<>();
    for (String address : statusAddresses) {
      syncs.put(address, counter(address));
    }
    return new ServerUsage(cpu, syncs);
  }

  /** CPU time of all processes together since {@code before}, in microseconds. */
  long cpuMicrosSince(ServerUsage before) {
    return cpuMicros.entrySet().stream()
        .mapToLong(cpu -> cpu.getValue() - before.cpuMicros.getOrDefault(cpu.getKey(), 0L))
        .sum();
  }

  /** Syncs of all nodes together since {@code before}. */
  double syncsSince(ServerUsage before) {
    return syncs.entrySet().stream()
        .mapToDouble(node -> node.getValue() - before.syncs.getOrDefault(node.getKey(), 0.0))
        .sum();
  }

  /** The command in the second field may hold blanks and brackets; what follows it does not. */
  private static long cpuMicros(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
  }

  private static double counter(String address) throws IOException, InterruptedException {
    return StatusPage.read(address, "/metrics")
        .lines()
        .filter(line -> line.startsWith(SYNC_COUNTER))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
