package dev.terrane.server.pdlink;

import dev.terrane.server.net.HostPort;
import io.grpc.ManagedChannel;

/** Where PD's leader was found, and of which cluster it is. */
record PdLeader(long clusterId, HostPort address, ManagedChannel channel) {}
