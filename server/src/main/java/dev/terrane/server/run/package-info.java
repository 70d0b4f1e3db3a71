/**
 * The threads of a node. Everything else is an agent or a callback; here is what polls the agents
 * and where work goes that may wait.
 */
@NullMarked
package dev.terrane.server.run;

import org.jspecify.annotations.NullMarked;
