package dev.terrane.server.pd;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many requests the streams of one node may have on the way together, in number and in bytes.
 * Each stream has one for itself beside these, so that all go on; for more it takes turns.
 *
 * <p>Confined to one event loop.
 */
final class StreamTurns {
  private final int itemsMax;
  private final long bytesMax;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int items;
  private long bytes;
  private boolean resuming;

  StreamTurns(int itemsMax, long bytesMax) {
    this.itemsMax = itemsMax;
    this.bytesMax = bytesMax;
  }

  /** Whether one more request may be asked for. */
  boolean take() {
    if (items >= itemsMax || bytes >= bytesMax) {
      return false;
    }
    items++;
    return true;
  }

  /** What was asked for has come, or its answer is there and has such a size. */
  void hold(long more) {
    bytes += more;
  }

  void release(long held) {
    bytes -= held;
    resume();
  }

  /** One request that was taken is answered, or never comes. */
  void giveBack() {
    items--;
    resume();
  }

  /** Has {@code stream} called once when there may be room. */
  void await(Runnable stream) {
    waiting.add(stream);
  }

  private void resume() {
    if (resuming) {
      return;
    }
    resuming = true;
    int turns = waiting.size();
    while (turns > 0 && items < itemsMax && bytes < bytesMax) {
      turns--;
      waiting.remove().run();
    }
    resuming = false;
  }
}
