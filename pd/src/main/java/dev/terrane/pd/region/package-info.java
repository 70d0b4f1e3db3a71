/**
 * Where Regions are, learned from their leaders' heartbeats and trusted only as far as their epoch.
 * Pure data structures: confined to the agent that owns them, no clock, nothing replicated.
 */
@NullMarked
package dev.terrane.pd.region;

import org.jspecify.annotations.NullMarked;
