@NullMarked
package dev.terrane.sim.cluster;

import org.jspecify.annotations.NullMarked;
