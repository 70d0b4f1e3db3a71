package dev.terrane.server.config;

/** What a node is part of. Small clusters run both in every node. */
public enum Role {
  PD,
  STORE
}
