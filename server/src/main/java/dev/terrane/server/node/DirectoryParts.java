package dev.terrane.server.node;

import dev.terrane.server.config.ConfigException;
import dev.terrane.server.config.NodeConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether PD's part of a data directory is there where it must be by what its {@code ident} says: a
 * node whose folder of PD is gone must not found a second cluster under the data of the first.
 * Looks, and changes nothing. The store's part is {@link StoreDisk}'s to look at.
 */
final class DirectoryParts {
  private DirectoryParts() {}

  /**
   * Refuses a directory that has lost a part.
   *
   * @throws ConfigException saying what is gone and what can be done
   */
  static void refuseLoss(DataDirectory directory, NodeConfig config) throws IOException {
    if (directory.clusterId() == 0) {
      return; // it has never been of a cluster, so it has nothing to lose
    }
    if (config.isPd() && config.join().isEmpty() && isEmpty(directory.pd())) {
      throw new ConfigException(
          "data directory %s is of cluster %s, but %s is gone. Nothing was changed."
                  .formatted(
                      directory.path(),
                      Long.toUnsignedString(directory.clusterId()),
                      directory.pd())
              + " If other members of its placement driver live, start with --join and one of"
              + " their addresses: the node then joins them as a new member. If this was the only"
              + " one, put the folder back from a copy; without it the cluster's timestamps and"
              + " its table of stores are lost. To begin a new cluster, choose another directory");
    }
  }

  /**
   * What is there and has no part in this start, since the roles leave it out: a line each, for the
   * log. Both may be meant, and whoever does not mean it has a vote or a replica less.
   */
  static List<String> leftOut(DataDirectory directory, NodeConfig config) throws IOException {
    List<String> lines = new ArrayList<>();
    if (!config.isPd() && !isEmpty(directory.pd())) {
      lines.add(
          "%s is of a member of the placement driver, which the roles of this node leave out. If it still is one, it is away: see 'terrane ctl members'. To take it out at once: 'terrane ctl member remove %s'"
              .formatted(directory.pd(), config.name()));
    }
    if (!config.isStore() && !isEmpty(directory.raft())) {
      lines.add(
          "%s is of a store, which the roles of this node leave out. If it still is one, its replicas are away: see 'terrane ctl stores'. Start it with both roles, and have it leave by 'terrane ctl store remove', to lose none"
              .formatted(directory.path()));
    }
    return lines;
  }

  /** Whether there is no folder {@code part}, or nothing in it. */
  static boolean isEmpty(Path part) throws IOException {
    if (!Files.isDirectory(part)) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(part)) {
      return !files.iterator().hasNext();
    }
  }
}
