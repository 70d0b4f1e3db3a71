/**
 * Everything that moves is an agent: a single-threaded object with a bounded inbox that is polled
 * when it has messages or its deadline has come. Production polls it from a parked thread; the
 * simulator polls all agents of a cluster from one thread in virtual time.
 */
@NullMarked
package dev.terrane.common.agent;

import org.jspecify.annotations.NullMarked;
