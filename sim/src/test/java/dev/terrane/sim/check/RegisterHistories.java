package dev.terrane.sim.check;

import dev.terrane.common.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs processes against a register that is linearizable by construction, in an order drawn from a
 * random source, and takes down what they saw. Each operation takes effect at one step of its own
 * between its invocation and its return; one whose outcome its process never learns takes effect at
 * some later step, or never.
 *
 * @param values how many values there are; 0 means that no value is written twice
 */
record RegisterHistories(
    int processes, int operations, int keys, int values, double unknownShare, double failedShare) {

  /** One operation on its way. */
  private static final class Flight {
    final int number;
    final RawCall call;
    final boolean isUnknown;
    @Nullable RawResult result;
    boolean returned;

    Flight(int number, RawCall call, boolean isUnknown) {
      this.number = number;
      this.call = call;
      this.isUnknown = isUnknown;
    }
  }

  History<RawCall, RawResult> generate(RandomGenerator random) {
    return new Run(random).history();
  }

  static Bytes key(int number) {
    return Bytes.ofUtf8("k" + number);
  }

  private final class Run {
    private final RandomGenerator random;
    private final HistoryRecorder<RawCall, RawResult> recorder = new HistoryRecorder<>(operations);
    private final @Nullable Bytes[] registers = new Bytes[keys];
    private final @Nullable Flight[] flights = new Flight[processes];
    private final List<Flight> adrift = new ArrayList<>();
    private long now;
    private int writes;

    Run(RandomGenerator random) {
      this.random = random;
    }

    History<RawCall, RawResult> history() {
      int busy = 0;
      while (!recorder.isFull() || busy > 0) {
        now += random.nextInt(1_000_000);
        if (!adrift.isEmpty() && random.nextInt(20) == 0) {
          apply(adrift.remove(random.nextInt(adrift.size())));
        }
        int process = random.nextInt(processes);
        Flight flight = flights[process];
        if (flight == null) {
          if (!recorder.isFull()) {
            flights[process] = invoke(process);
            busy++;
          }
        } else if (flight.result == null && !flight.returned && !flight.isUnknown) {
          flight.result = apply(flight);
        } else {
          complete(flight);
          flights[process] = null;
          busy--;
        }
      }
      return recorder.history();
    }

    private Flight invoke(int process) {
      RawCall call = call();
      int number = recorder.invoke(process, now, call);
      var flight = new Flight(number, call, random.nextDouble() < unknownShare);
      if (!flight.isUnknown && random.nextDouble() < failedShare) {
        flight.returned = true; // refused: it never takes effect
      }
      return flight;
    }

    private void complete(Flight flight) {
      if (flight.isUnknown) {
        recorder.complete(flight.number, now, new Outcome.Unknown<>("deadline"));
        if (random.nextBoolean()) {
          adrift.add(flight);
        }
      } else if (flight.result == null) {
        recorder.complete(flight.number, now, new Outcome.Failed<>("not leader"));
      } else {
        recorder.complete(flight.number, now, new Outcome.Ok<>(flight.result));
      }
    }

    private RawCall call() {
      Bytes key = key(random.nextInt(keys));
      return switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> new RawCall.Get(key);
        case 4, 5, 6 -> new RawCall.Put(key, value());
        case 7 -> new RawCall.Delete(key);
        default -> new RawCall.CompareAndSwap(key, expected(key), value());
      };
    }

    private Bytes value() {
      return Bytes.ofUtf8("v" + (values == 0 ? writes++ : random.nextInt(values)));
    }

    /** Mostly what the register holds now, so that some swaps succeed. */
    private @Nullable Bytes expected(Bytes key) {
      return random.nextInt(4) > 0
          ? registers[index(key)]
          : values == 0 ? null : Bytes.ofUtf8("v" + random.nextInt(values));
    }

    private RawResult apply(Flight flight) {
      return switch (flight.call) {
        case RawCall.Get get -> new RawResult.Found(registers[index(get.key())]);
        case RawCall.Put put -> set(put.key(), put.value());
        case RawCall.Delete delete -> set(delete.key(), null);
        case RawCall.CompareAndSwap swap -> {
          Bytes previous = registers[index(swap.key())];
          boolean swapped = Objects.equals(previous, swap.expected());
          if (swapped) {
            registers[index(swap.key())] = swap.value();
          }
          yield new RawResult.Swap(swapped, previous);
        }
        default -> throw new IllegalStateException("not called here: " + flight.call);
      };
    }

    private RawResult set(Bytes key, @Nullable Bytes value) {
      registers[index(key)] = value;
      return RawResult.DONE;
    }

    private static int index(Bytes key) {
      return Integer.parseInt(key.toUtf8().substring(1));
    }
  }
}
