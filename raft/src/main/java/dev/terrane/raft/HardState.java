package dev.terrane.raft;

/**
 * What a peer must remember across a restart. {@code vote} is 0 if none was cast in {@code term}.
 * Term and vote must be durable before anything that depends on them; the commit index may lag.
 */
public record HardState(long term, long vote, long commit) {
  /** Of a peer that has seen nothing. */
  public static final HardState EMPTY = new HardState(0, 0, 0);
}
