package dev.terrane.server.node;

import dev.terrane.server.net.HostPort;

/** Where others find a node. A part that the node does not have has port 0. */
public record NodeAddresses(HostPort pd, HostPort store, HostPort status) {}
