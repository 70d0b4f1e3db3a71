package dev.terrane.server.node;

import dev.terrane.server.config.ConfigException;
import dev.terrane.server.net.HostPort;
import dev.terrane.txn.raw.ApiVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node's directory, held by one process at a time, and the little that is known of it as a whole.
 * That is a text of {@code key=value} lines, replaced as a whole, so a crash leaves the old or the
 * new one. Thread-safe.
 */
final class DataDirectory implements AutoCloseable {
  private static final int FORMAT = 1;

  /** PD has five at most. */
  private static final int PD_MEMBERS_MAX = 16;

  private static final String IDENT = "ident";
  private static final String PD = "pd";
  private static final String KV = "kv";
  private static final String RAFT = "raft";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;
  private final FileChannel lock;
  private final ApiVersion apiVersion;
  private long clusterId;
  private boolean storeJoined;
  private List<HostPort> pdMembers;

  private DataDirectory(
      Path path,
      FileChannel lock,
      ApiVersion apiVersion,
      long clusterId,
      boolean storeJoined,
      List<HostPort> pdMembers) {
    this.pdMembers = pdMembers;
    this.path = path;
    this.lock = lock;
    this.apiVersion = apiVersion;
    this.clusterId = clusterId;
    this.storeJoined = storeJoined;
  }

  /**
   * Takes {@code path}, which is created if it is not there.
   *
   * @throws ConfigException if another process has it, if it is of a newer format, if its keys are
   *     stored for another api version, or if it has data and does not say whose
   */
  static DataDirectory open(Path path, ApiVersion apiVersion) throws IOException {
    makeForOwnerOnly(path);
    FileChannel lock =
        FileChannel.open(path.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(lock) == null) {
        throw new ConfigException("data directory " + path + " is in use by another node");
      }
      Map<String, String> ident = read(path);
      DataDirectory directory =
          new DataDirectory(
              path,
              lock,
              apiVersion,
              number(path, ident, "cluster", 0),
              number(path, ident, "store-joined", 0) != 0,
              addresses(path, ident.getOrDefault("pd-members", "")));
      if (ident.isEmpty()) {
        refuseIfInUse(path);
        directory.write();
      } else {
        checkFormat(path, ident);
        directory.checkApiVersion(ident.getOrDefault("api-version", ""));
      }
      return directory;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** What is stored is nobody else's to read. A folder that is in use already keeps its rights. */
  private static void makeForOwnerOnly(Path path) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    if (!posix) {
      Files.createDirectories(path);
    } else if (!Files.exists(path)) {
      Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } else if (DirectoryParts.isEmpty(path) || Files.exists(path.resolve(IDENT))) {
      if (!Files.getPosixFilePermissions(path).equals(OWNER_ONLY)) {
        Files.setPosixFilePermissions(path, OWNER_ONLY);
      }
    }
  }

  /** The identity is the first that is written: what has data and none has lost it. */
  private static void refuseIfInUse(Path path) throws IOException {
    String part = partInUse(path);
    if (part != null) {
      throw new ConfigException(
          "data directory "
              + path
              + " has data in '"
              + part
              + "' but no file 'ident'; put it back, or choose an empty directory");
    }
  }

  /** One of its parts that has something in it; null if there is none. */
  private static @Nullable String partInUse(Path path) throws IOException {
    for (String part : List.of(PD, KV, RAFT)) {
      if (!DirectoryParts.isEmpty(path.resolve(part))) {
        return part;
      }
    }
    return null;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // by another node in this process
    }
  }

  private static Map<String, String> read(Path path) throws IOException {
    Map<String, String> ident = new LinkedHashMap<>();
    Path file = path.resolve(IDENT);
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          ident.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      if (!ident.containsKey("format")) {
        throw new ConfigException("data directory " + path + " has a damaged file 'ident'");
      }
    }
    return ident;
  }

  private static long number(Path path, Map<String, String> ident, String key, long absent) {
    String text = ident.get(key);
    try {
      return text == null ? absent : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new ConfigException("data directory " + path + " has a damaged file 'ident'", e);
    }
  }

  private static List<HostPort> addresses(Path path, String text) {
    try {
      return text.isEmpty()
          ? List.of()
          : Arrays.stream(text.split(",", -1)).map(HostPort::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigException("data directory " + path + " has a damaged file 'ident'", e);
    }
  }

  private static void checkFormat(Path path, Map<String, String> ident) {
    long format = number(path, ident, "format", 0);
    if (format > FORMAT) {
      throw new ConfigException(
          "data directory "
              + path
              + " is of format "
              + format
              + "; this release knows formats up to "
              + FORMAT);
    }
  }

  /** A start that was refused before it stored anything has decided nothing for this one. */
  private void checkApiVersion(String stored) throws IOException {
    if (stored.equals(apiVersion.name())) {
      return;
    }
    if (clusterId == 0 && partInUse(path) == null) {
      write();
      return;
    }
    throw new ConfigException(
        "data directory "
            + path
            + " stores keys for api version "
            + stored
            + ", not "
            + apiVersion
            + "; the api version of a cluster cannot be changed: start it with that of the directory,"
            + " V1 being --api-version 1, V1TTL 1ttl and V2 2");
  }

  Path path() {
    return path;
  }

  /** Where PD's members were when the node last heard of them; empty if it never did. */
  synchronized List<HostPort> pdMembers() {
    return pdMembers;
  }

  /** Keeps where PD's members are, for a later start that is not told. Waits for the disk. */
  synchronized void rememberPdMembers(List<HostPort> members) throws IOException {
    if (!Set.copyOf(members).equals(Set.copyOf(pdMembers))) {
      pdMembers = List.copyOf(members.subList(0, Math.min(members.size(), PD_MEMBERS_MAX)));
      write();
    }
  }

  /** The cluster that the directory belongs to, or 0 while it belongs to none. */
  synchronized long clusterId() {
    return clusterId;
  }

  /**
   * Makes the directory this cluster's for good.
   *
   * @throws ConfigException if it is another's already
   */
  synchronized void belongTo(long newClusterId) throws IOException {
    if (clusterId == newClusterId) {
      return;
    }
    if (clusterId != 0) {
      throw new ConfigException(
          "data directory "
              + path
              + " belongs to cluster "
              + Long.toUnsignedString(clusterId)
              + ", not to cluster "
              + Long.toUnsignedString(newClusterId));
    }
    clusterId = newClusterId;
    write();
  }

  /** Whether the store has become part of the cluster, so that it opens without PD. */
  synchronized boolean storeJoined() {
    return storeJoined;
  }

  synchronized void storeHasJoined() throws IOException {
    storeJoined = true;
    write();
  }

  private void write() throws IOException {
    String text =
        "format="
            + FORMAT
            + "\napi-version="
            + apiVersion
            + "\ncluster="
            + Long.toUnsignedString(clusterId)
            + "\nstore-joined="
            + (storeJoined ? 1 : 0)
            + "\npd-members="
            + pdMembers.stream().map(HostPort::toString).collect(Collectors.joining(","))
            + "\n";
    Path fresh = path.resolve(IDENT + ".new");
    Files.writeString(fresh, text);
    sync(fresh, StandardOpenOption.WRITE);
    Files.move(fresh, path.resolve(IDENT), StandardCopyOption.ATOMIC_MOVE);
    sync(path, StandardOpenOption.READ);
  }

  private static void sync(Path file, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(file, mode)) {
      channel.force(true);
    }
  }

  Path pd() {
    return path.resolve(PD);
  }

  Path kv() {
    return path.resolve(KV);
  }

  Path raft() {
    return path.resolve(RAFT);
  }

  Path snapshots() {
    return path.resolve("snapshots");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
