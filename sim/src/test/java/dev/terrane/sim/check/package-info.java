@NullMarked
package dev.terrane.sim.check;

import org.jspecify.annotations.NullMarked;
