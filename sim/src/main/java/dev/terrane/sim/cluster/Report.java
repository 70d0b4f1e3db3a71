package dev.terrane.sim.cluster;

/**
 * What became of a run that went well.
 *
 * @param digest over every event; the same for the same parameters
 */
public record Report(
    Parameters parameters,
    long digest,
    long events,
    double virtualSeconds,
    long succeeded,
    long failed,
    long leaseReads,
    long timestamps) {}
