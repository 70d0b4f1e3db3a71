package dev.terrane.client;

/** PD answers, but the cluster has no store yet. */
public final class NotBootstrappedException extends ClientException {
  private static final long serialVersionUID = 1;

  public NotBootstrappedException(String message) {
    super(message);
  }
}
