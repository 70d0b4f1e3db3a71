/**
 * What must hold after every event. The parts of a node are watched where they meet: what becomes
 * durable, what is applied, which messages are sent, which reads a lease answers. Each fact is
 * checked as it comes about, against what was learned before, so no check looks at everything.
 */
@NullMarked
package dev.terrane.sim.invariant;

import org.jspecify.annotations.NullMarked;
