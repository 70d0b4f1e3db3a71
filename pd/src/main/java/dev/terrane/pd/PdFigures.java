package dev.terrane.pd;

/**
 * What a member knows of the cluster, as numbers for metrics; all zeros while it does not lead.
 *
 * @param membersSilent members of PD that the leader does not hear of
 */
public record PdFigures(
    int leads,
    int storesUp,
    int storesDisconnected,
    int storesDown,
    int storesOffline,
    int regions,
    int members,
    int membersSilent,
    int nodesStandingBy) {
  static final PdFigures NONE = new PdFigures(0, 0, 0, 0, 0, 0, 0, 0, 0);
}
