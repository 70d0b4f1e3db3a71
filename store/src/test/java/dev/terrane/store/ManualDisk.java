package dev.terrane.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** I/O threads by hand: work waits until a test runs it, in an order drawn from a seed. */
final class ManualDisk implements DiskExecutor {
  private record Work(String name, Runnable run) {}

  private final RandomGenerator random;
  private final List<Work> waiting = new ArrayList<>();
  private Predicate<String> held = _ -> false;

  ManualDisk(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void submit(String name, Runnable work) {
    waiting.add(new Work(name, work));
  }

  /** Work whose name {@code which} accepts waits until it is released. */
  void hold(Predicate<String> which) {
    held = which;
  }

  void release() {
    held = _ -> false;
  }

  boolean isWaiting(String name) {
    return waiting.stream().anyMatch(work -> work.name.equals(name));
  }

  /** Runs one piece of work that is not held; false if there is none. */
  boolean runOne() {
    List<Work> ready = waiting.stream().filter(work -> !held.test(work.name)).toList();
    if (ready.isEmpty()) {
      return false;
    }
    Work chosen = ready.get(random.nextInt(ready.size()));
    waiting.remove(chosen);
    chosen.run.run();
    return true;
  }

  /** What waits, to be run by the test as it likes. */
  List<Runnable> takeAll() {
    List<Runnable> taken = waiting.stream().map(Work::run).toList();
    waiting.clear();
    return taken;
  }

  /** A crash: what waited will never run. */
  void forget() {
    waiting.clear();
    release();
  }
}
