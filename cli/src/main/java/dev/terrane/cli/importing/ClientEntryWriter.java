package dev.terrane.cli.importing;

import dev.terrane.client.ClientBusyException;
import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.NotBootstrappedException;
import dev.terrane.client.RawClient;
import dev.terrane.client.UnavailableException;
import dev.terrane.client.UndeterminedException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts entries with the client, which retries what may be retried. */
final class ClientEntryWriter implements EntryWriter {
  private final RawClient client;

  ClientEntryWriter(RawClient client) {
    this.client = client;
  }

  @Override
  public void put(ImportLine.Entry entry, Consumer<PutOutcome> done) {
    try {
      var _ =
          client
              .putAsync(entry.key(), entry.value(), entry.ttl())
              .whenComplete((nothing, failure) -> done.accept(outcome(failure)));
    } catch (ClientException e) {
      done.accept(outcome(e));
    }
  }

  private static PutOutcome outcome(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return switch (cause) {
      case null -> new PutOutcome.Acknowledged();
      case UndeterminedException e -> new PutOutcome.Undetermined(e.getMessage());
      case DeadlineExceededException e -> new PutOutcome.Unserved(e.getMessage());
      case UnavailableException e -> new PutOutcome.Unserved(e.getMessage());
      case NotBootstrappedException e -> new PutOutcome.Unserved(e.getMessage());
      case ClientBusyException e -> new PutOutcome.Unserved(e.getMessage());
      case ClientException e -> new PutOutcome.Failed(e.getMessage());
      default -> new PutOutcome.Undetermined(cause.toString());
    };
  }
}
