package dev.terrane.cli.importing;

/**
 * How far an import has come.
 *
 * @param bytesRead of the input, in lines that were read
 * @param acknowledged entries that the cluster holds
 * @param failed entries that were certainly not written
 * @param undetermined entries whose put was never answered
 * @param bad lines that are no entry
 */
record ImportCounts(long bytesRead, long acknowledged, long failed, long undetermined, long bad) {
  /** Lines that have been dealt with, blank ones aside. */
  long settled() {
    return acknowledged + failed + undetermined + bad;
  }

  boolean allAcknowledged() {
    return failed == 0 && undetermined == 0 && bad == 0;
  }
}
