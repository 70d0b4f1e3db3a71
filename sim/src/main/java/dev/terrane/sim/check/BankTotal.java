package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Accounts between which transactions move money: each reader of all accounts must find all the
 * money there is, and no account below zero.
 */
public final class BankTotal {
  private BankTotal() {}

  /** What a bank's customers do. */
  public sealed interface Call {
    /** Answered by nothing. Refused, as failed, if there is not enough on {@code from}. */
    record Transfer(Bytes from, Bytes to, long amount) implements Call {}

    /** Reads every account in one transaction. */
    record ReadAll() implements Call {}
  }

  /** The balance of each account; of a transfer nothing. */
  public record Balances(Map<Bytes, Long> byAccount) {
    public Balances {
      byAccount = new TreeMap<>(byAccount);
    }
  }

  /** The first reader that found something else than {@code total}, in words; null if none did. */
  public static @Nullable String objection(
      History<Call, Balances> history, int accounts, long total) {
    for (Operation<Call, Balances> operation : history.operations()) {
      if (!(operation.call() instanceof Call.ReadAll)
          || !(operation.outcome() instanceof Outcome.Ok<Balances> ok)) {
        continue;
      }
      Map<Bytes, Long> balances = ok.result().byAccount();
      String who = "#%d p%d read %s: ".formatted(operation.number(), operation.process(), balances);
      if (balances.size() != accounts) {
        return who + "there are " + accounts + " accounts";
      }
      if (balances.values().stream().anyMatch(balance -> balance < 0)) {
        return who + "an account is below zero";
      }
      long sum = balances.values().stream().mapToLong(Long::longValue).sum();
      if (sum != total) {
        return who + "that is " + sum + " together, not " + total;
      }
    }
    return null;
  }
}
