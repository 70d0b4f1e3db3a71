package dev.terrane.sim.check;

import dev.terrane.sim.check.RegisterOperation.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Until when anybody can need that a register held a value: one who certainly read it or swapped it
 * away, or a swap of unknown outcome whose own result somebody needs.
 */
final class ValueLives {
  private final int[] lastNeededAt;
  private final int[] lastInvokedAt;

  ValueLives(KeyHistory history) {
    lastNeededAt = new int[history.valueCount()];
    lastInvokedAt = new int[history.valueCount()];
    Arrays.fill(lastNeededAt, -1);
    Arrays.fill(lastInvokedAt, -1);
    List<RegisterOperation> unknownSwaps = new ArrayList<>();
    for (RegisterOperation operation : history.operations()) {
      int needs = operation.needs();
      if (needs >= 0 && operation.isCertain()) {
        lastNeededAt[needs] = Math.max(lastNeededAt[needs], operation.returnedAt());
        lastInvokedAt[needs] = Math.max(lastInvokedAt[needs], operation.invokedAt());
      } else if (operation.kind() == Kind.SWAP) {
        unknownSwaps.add(operation);
      }
    }
    boolean changed = !unknownSwaps.isEmpty();
    while (changed) {
      changed = false;
      for (RegisterOperation swap : unknownSwaps) {
        int needed = lastNeededAt[swap.value()];
        if (needed > swap.invokedAt() && lastNeededAt[swap.expected()] < needed) {
          lastNeededAt[swap.expected()] = needed;
          changed = true;
        }
      }
    }
    // Such a swap may be placed at any time, so its need is one that may yet come.
    for (RegisterOperation swap : unknownSwaps) {
      int needed = lastNeededAt[swap.value()];
      if (needed > swap.invokedAt()) {
        lastInvokedAt[swap.expected()] = Math.max(lastInvokedAt[swap.expected()], needed);
      }
    }
  }

  /** Whether somebody who returns after event {@code at} needs {@code value}. */
  boolean isAlive(int value, int at) {
    return lastNeededAt[value] > at;
  }

  /** Whether somebody who is invoked after event {@code at} needs {@code value}. */
  boolean isNeededByOneInvokedAfter(int value, int at) {
    return lastInvokedAt[value] > at;
  }
}
