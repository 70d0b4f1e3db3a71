package dev.terrane.client;

import java.util.Map;

/**
 * A store as PD knows it.
 *
 * @param state as PD names it: Up, Offline or Tombstone
 * @param lastHeartbeatMillis since 1970; 0 if PD does not say
 */
public record StoreInfo(
    long id,
    String address,
    String statusAddress,
    String version,
    String state,
    Map<String, String> labels,
    long lastHeartbeatMillis) {}
