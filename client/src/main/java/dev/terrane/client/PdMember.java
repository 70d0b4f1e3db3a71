package dev.terrane.client;

import java.util.List;

/** A member of PD; {@code clientUrls} have a scheme. */
public record PdMember(String name, long id, List<String> clientUrls, boolean leader) {
  public PdMember {
    clientUrls = List.copyOf(clientUrls);
  }
}
