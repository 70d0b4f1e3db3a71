package dev.terrane.pd.region;

import dev.terrane.common.region.Peer;

/** A peer that its leader has not heard from for {@code downSeconds}. */
public record DownPeer(Peer peer, long downSeconds) {}
