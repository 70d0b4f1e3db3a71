/**
 * Runs of whole clusters: what a run is drawn to be, its clients, its attackers, and its two
 * phases.
 *
 * <p>First <em>safety</em>: clients work while attackers do their worst. Then everything is healed,
 * and in <em>liveness</em> each client must get through and the replicas must come to rest, equal,
 * within a bound. At the end the clients' history must be linearizable.
 */
@NullMarked
package dev.terrane.sim.cluster;

import org.jspecify.annotations.NullMarked;
