package dev.terrane.store;

import dev.terrane.engine.EngineException;
import dev.terrane.engine.FlowSignals;
import dev.terrane.engine.KvEngine;

/**
 * How the engine fares, as it was last found. It is asked on an I/O thread: for some of it RocksDB
 * takes a lock that a slow disk holds up, or the system asks the disk, and the loop would let all
 * Regions wait for an answer that nobody needs at once.
 *
 * <p>Confined to the store loop.
 */
final class EngineReadings {
  /**
   * One look at the engine.
   *
   * @param sstBytes that its tables take
   */
  record Reading(FlowSignals signals, long sstBytes) {}

  private final LoopServices services;
  private Reading last;
  private boolean asked;

  /** Asks at once, where the store is opened and may wait. */
  EngineReadings(LoopServices services) {
    this.services = services;
    this.last = read(services.engine);
  }

  FlowSignals signals() {
    return last.signals;
  }

  /** What the data take, on the disk or soon. */
  long usedBytes() {
    return last.sstBytes + last.signals.memtableBytes();
  }

  /** Has the engine looked at, unless that is under way. Comes back as a message of its own. */
  void ask() {
    if (asked) {
      return;
    }
    asked = true;
    KvEngine engine = services.engine;
    services.disk.submit(
        "read-engine",
        () -> {
          Reading reading;
          try {
            reading = read(engine);
          } catch (EngineException e) {
            if (!e.retryable()) {
              throw e;
            }
            services.metrics.count("engine_readings_failed_total", 1);
            services.inbox.put(new StoreMessage.EngineNotRead());
            return;
          }
          services.inbox.put(new StoreMessage.EngineRead(reading));
        });
  }

  /** The engine was looked at. */
  void answered(Reading reading) {
    last = reading;
    asked = false;
  }

  /** It could not be; what is known goes on to hold. */
  void notAnswered() {
    asked = false;
  }

  private static Reading read(KvEngine engine) {
    return new Reading(engine.flowSignals(), engine.statistics().sstBytes());
  }
}
