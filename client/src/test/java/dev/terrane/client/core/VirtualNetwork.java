package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.client.core.Transport.Failure.Kind;
import dev.terrane.common.TimeSource;
import dev.terrane.proto.tikvpb.BatchCommandsRequest;
import dev.terrane.proto.tikvpb.BatchCommandsResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A network and its clock, to be stepped by hand. Every delivery takes {@link #LATENCY_NANOS};
 * addresses can be cut off, so that connections fail, or silenced, so that nothing ever comes.
 */
final class VirtualNetwork implements Transport, TimeSource {
  static final long LATENCY_NANOS = 100_000;

  private final FakeCluster cluster;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Stream> streams = new ArrayList<>();
  private final Set<String> cutOff = new LinkedHashSet<>();
  private final Set<String> silenced = new LinkedHashSet<>();
  private final Set<String> stalled = new LinkedHashSet<>();
  private final Map<String, Long> answersNanos = new HashMap<>();
  private final List<String> released = new ArrayList<>();
  private final List<Integer> messageSizes = new ArrayList<>();
  private long nowNanos = 1_000_000_000L;
  private long sequence;

  VirtualNetwork(FakeCluster cluster) {
    this.cluster = cluster;
  }

  private record Event(long atNanos, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public long wallMillis() {
    return nowNanos / 1_000_000;
  }

  private void later(Runnable action) {
    after(LATENCY_NANOS, action);
  }

  private void after(long nanos, Runnable action) {
    events.add(new Event(nowNanos + nanos, sequence++, action));
  }

  /** Connections to {@code address} break and none can be made. */
  void cutOff(String address) {
    cutOff.add(address);
    for (Stream stream : List.copyOf(streams)) {
      if (stream.address.equals(address)) {
        stream.breakOff();
      }
    }
  }

  /** Answers from {@code address} find no room in the client's process. */
  void runOutOfMemory(String address) {
    for (Stream stream : List.copyOf(streams)) {
      if (stream.address.equals(address)) {
        later(() -> stream.end(Kind.OUT_OF_MEMORY, "Java heap space"));
      }
    }
  }

  /** Requests to {@code address} arrive nowhere, and nobody notices. */
  void silence(String address) {
    silenced.add(address);
  }

  /** Answers on the streams from {@code address} take {@code time}. */
  void slow(String address, Duration time) {
    answersNanos.put(address, time.toNanos());
  }

  /** Streams to {@code address} that are opened from now on neither connect nor fail. */
  void stall(String address) {
    stalled.add(address);
  }

  void reconnect(String address) {
    cutOff.remove(address);
    silenced.remove(address);
  }

  /** Where nobody needs a connection any more, in the order in which that was said. */
  List<String> released() {
    return released;
  }

  /** How many requests each message of a batch stream had so far. */
  List<Integer> messageSizes() {
    return messageSizes;
  }

  int openStreams() {
    return streams.size();
  }

  /** Steps network and core until {@code done}; fails after {@code limitNanos} of virtual time. */
  void runUntil(ClientCore core, BooleanSupplier done, long limitNanos) {
    if (!run(core, done, limitNanos)) {
      throw new AssertionError("not done after " + limitNanos + " ns of virtual time");
    }
  }

  /** Lets {@code nanos} pass. */
  void pass(ClientCore core, long nanos) {
    run(core, () -> false, nanos);
  }

  private boolean run(ClientCore core, BooleanSupplier done, long limitNanos) {
    long end = nowNanos + limitNanos;
    while (true) {
      while (core.poll(this) > 0) {
        // Until it has nothing to do at this moment.
      }
      if (done.getAsBoolean()) {
        return true;
      }
      Event next = events.peek();
      long nextNanos =
          Math.min(next == null ? Long.MAX_VALUE : next.atNanos, core.nextDeadlineNanos());
      if (nextNanos > end) {
        nowNanos = end;
        return false;
      }
      nowNanos = Math.max(nowNanos, nextNanos);
      if (next != null && next.atNanos <= nowNanos) {
        events.remove();
        next.action.run();
      }
    }
  }

  @Override
  public BatchStream openBatch(String address, BatchListener listener) {
    Stream stream = new Stream(address, listener);
    streams.add(stream);
    later(stream::connected);
    return stream;
  }

  @Override
  public <Q extends Message, A extends Message> Call unary(
      String address, Rpc<Q, A> rpc, Q request, UnaryListener<A> listener) {
    Unary<A> call = new Unary<>(listener);
    later(() -> {
      if (cutOff.contains(address)) {
        call.fail(new Failure(Kind.NOT_TAKEN, "connection refused"));
      } else if (!silenced.contains(address)) {
        answer(address, rpc, request, call);
      }
    });
    return call;
  }

  @Override
  public void release(String address) {
    released.add(address);
  }

  private <Q extends Message, A extends Message> void answer(
      String address, Rpc<Q, A> rpc, Q request, Unary<A> call) {
    A answer = cluster.unary(address, rpc, request);
    later(() -> {
      if (answer == null || cutOff.contains(address)) {
        call.fail(new Failure(Kind.LOST, "connection reset"));
      } else {
        call.answer(answer);
      }
    });
  }

  private static final class Unary<A> implements Call {
    private @Nullable UnaryListener<A> listener;

    Unary(UnaryListener<A> listener) {
      this.listener = listener;
    }

    void answer(A answer) {
      UnaryListener<A> to = listener;
      listener = null;
      if (to != null) {
        to.onAnswer(answer);
      }
    }

    void fail(Failure failure) {
      UnaryListener<A> to = listener;
      listener = null;
      if (to != null) {
        to.onFailure(failure);
      }
    }

    @Override
    public void cancel() {
      listener = null;
    }
  }

  private final class Stream implements BatchStream {
    private final String address;
    private final BatchListener listener;
    private boolean ready;
    private boolean ended;

    Stream(String address, BatchListener listener) {
      this.address = address;
      this.listener = listener;
    }

    private void connected() {
      if (ended || stalled.contains(address)) {
        return;
      }
      if (cutOff.contains(address)) {
        end("connection refused");
      } else {
        ready = true;
        listener.onReady();
      }
    }

    @Override
    public boolean isReady() {
      return ready && !ended;
    }

    @Override
    public void send(BatchCommandsRequest message) {
      messageSizes.add(message.getRequestsCount());
      later(() -> {
        if (ended || silenced.contains(address)) {
          return;
        }
        BatchCommandsResponse answer = cluster.batch(address, message);
        if (answer == null) {
          breakOff();
        } else {
          after(answersNanos.getOrDefault(address, LATENCY_NANOS), () -> deliver(answer));
        }
      });
    }

    private void deliver(BatchCommandsResponse answer) {
      if (!ended) {
        listener.onMessage(answer);
      }
    }

    void breakOff() {
      later(() -> end("connection reset"));
    }

    private void end(String why) {
      end(Kind.LOST, why);
    }

    private void end(Kind kind, String why) {
      if (!ended) {
        cancel();
        listener.onClosed(new Failure(kind, why));
      }
    }

    @Override
    public void cancel() {
      ended = true;
      streams.remove(this);
    }
  }
}
