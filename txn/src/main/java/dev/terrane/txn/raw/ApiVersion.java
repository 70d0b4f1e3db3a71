package dev.terrane.txn.raw;

/** How a cluster stores keys, set once for its life; and how a request understands its own keys. */
public enum ApiVersion {
  V1,
  V1TTL,
  V2;

  /** Whether raw values may have an expiry. */
  public boolean hasTtl() {
    return this != V1;
  }
}
