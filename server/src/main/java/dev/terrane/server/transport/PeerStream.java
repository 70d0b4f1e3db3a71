package dev.terrane.server.transport;

import dev.terrane.server.net.GrpcChannels;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.net.LoopExecutor;
import dev.terrane.txn.ReadPool;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lossy one-way stream of messages to one peer: in order, bounded in bytes but for the last that
 * is taken, opened when there is something to say, or when it is known that there will be, and
 * again after it broke. What does not fit, and what was waiting when the stream broke, is dropped.
 *
 * <p>States: {@code IDLE} until it is needed; {@code FINDING} the address; {@code OPEN}; {@code
 * RESTING} after a failure, for longer after each in a row up to a bound, then {@code IDLE}. {@code
 * CLOSED} is final.
 *
 * <p>{@link #prepare} and {@link #send} may be called from any thread; everything else happens on
 * one event loop.
 *
 * @param <M> what is sent
 * @param <D> the one answer of the call, of no interest
 */
final class PeerStream<M, D> {
  private static final Logger log = LoggerFactory.getLogger(PeerStream.class);
  private static final long REST_MILLIS_MIN = 50;
  private static final long REST_MILLIS_MAX = 1000;

  /** Encoding so much takes about a millisecond; what is larger is encoded elsewhere. */
  private static final int ENCODED_AT_ONCE_BYTES_MAX = 2 << 20;

  private enum State {
    IDLE,
    FINDING,
    OPEN,
    RESTING,
    CLOSED
  }

  /** Starts the call on a channel. */
  interface Call<M, D> extends BiConsumer<ManagedChannel, ClientResponseObserver<M, D>> {}

  private final String name;
  private final long peerId;
  private final AddressBook addresses;
  private final GrpcChannels channels;
  private final LoopExecutor loop;
  private final ReadPool encoders;
  private final Call<M, D> call;
  private final ToIntFunction<M> bytesOf;
  private final long queuedBytesMax;

  private final ConcurrentLinkedQueue<M> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicBoolean pumpScheduled = new AtomicBoolean();
  private final AtomicBoolean prepared = new AtomicBoolean();

  private State state = State.IDLE;
  private long restMillis = REST_MILLIS_MIN;
  private volatile @Nullable HostPort address;
  private @Nullable ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<M> stream;

  /** A large message is being encoded; nothing else is sent meanwhile. */
  private boolean encoding;

  PeerStream(
      String name,
      long peerId,
      AddressBook addresses,
      GrpcChannels channels,
      LoopExecutor loop,
      ReadPool encoders,
      Call<M, D> call,
      ToIntFunction<M> bytesOf,
      long queuedBytesMax) {
    this.name = name;
    this.peerId = peerId;
    this.addresses = addresses;
    this.channels = channels;
    this.loop = loop;
    this.encoders = encoders;
    this.call = call;
    this.bytesOf = bytesOf;
    this.queuedBytesMax = queuedBytesMax;
  }

  /** Looks for the peer until it is found, and opens the stream then. */
  void prepare() {
    if (!prepared.get() && prepared.compareAndSet(false, true)) {
      schedulePump();
    }
  }

  /** Below the bound a message of any size is taken: else a large one never could be. */
  void send(M message) {
    int bytes = bytesOf.applyAsInt(message);
    if (queuedBytes.getAndAdd(bytes) >= queuedBytesMax) {
      queuedBytes.addAndGet(-bytes);
      dropped.incrementAndGet();
      return;
    }
    queue.add(message);
    schedulePump();
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  /** Whether it has ever been known where the peer is. */
  boolean wasFound() {
    return address != null;
  }

  /** Messages that never left. */
  long dropped() {
    return dropped.get();
  }

  private void schedulePump() {
    if (!pumpScheduled.get() && pumpScheduled.compareAndSet(false, true)) {
      loop.execute(this::pump);
    }
  }

  private void pump() {
    pumpScheduled.set(false);
    if (state == State.IDLE && (!queue.isEmpty() || (prepared.get() && address == null))) {
      state = State.FINDING;
      addresses.find(peerId, found -> loop.executeOrRun(() -> open(found)));
    }
    ClientCallStreamObserver<M> open = stream;
    if (state == State.OPEN && open != null) {
      while (!encoding && open.isReady()) {
        M message = queue.poll();
        if (message == null) {
          break;
        }
        int bytes = bytesOf.applyAsInt(message);
        queuedBytes.addAndGet(-bytes);
        if (bytes <= ENCODED_AT_ONCE_BYTES_MAX) {
          open.onNext(message);
        } else {
          sendLarge(open, message);
        }
        // A message has left, so the connection stands: the next failure starts a new row.
        restMillis = REST_MILLIS_MIN;
      }
    }
  }

  private void sendLarge(ClientCallStreamObserver<M> open, M message) {
    encoding = true;
    boolean submitted =
        encoders.submit(() -> {
          try {
            open.onNext(message);
          } catch (IllegalStateException e) {
            log.debug("stream to {} {} was given up meanwhile", name, peerId, e);
          }
          loop.execute(() -> {
            encoding = false;
            pump();
          });
        });
    if (!submitted) {
      encoding = false;
      dropped.incrementAndGet();
    }
  }

  private void open(@Nullable HostPort found) {
    if (state != State.FINDING) {
      return;
    }
    if (found == null) {
      rest("its address is not known");
      return;
    }
    if (channel == null || !found.equals(address)) {
      closeChannel();
      address = found;
      channel = channels.open(found);
    }
    // Our own pauses are short: a peer that is back must not wait for the channel's long ones.
    channel.resetConnectBackoff();
    state = State.OPEN;
    call.accept(channel, new Responses());
    pump();
  }

  /** The peer is somewhere else now: what was opened to where it was is given up. */
  void peerMoved() {
    loop.executeOrRun(() -> {
      ClientCallStreamObserver<M> open = stream;
      if (state == State.OPEN && open != null) {
        open.cancel("the peer has moved", null);
        rest("the peer has moved");
      }
    });
  }

  private void failed(ClientCallStreamObserver<M> which, String reason) {
    if (which.equals(stream) && state == State.OPEN) {
      addresses.doubt(peerId);
      rest(reason);
    }
  }

  private void rest(String reason) {
    log.debug("stream to {} {} is down: {}", name, peerId, reason);
    state = State.RESTING;
    stream = null;
    dropQueue();
    loop.after(restMillis, this::rested);
    restMillis = Math.min(REST_MILLIS_MAX, restMillis * 2);
  }

  private void rested() {
    if (state == State.RESTING) {
      state = State.IDLE;
      pump();
    }
  }

  private void dropQueue() {
    for (M message = queue.poll(); message != null; message = queue.poll()) {
      queuedBytes.addAndGet(-bytesOf.applyAsInt(message));
      dropped.incrementAndGet();
    }
  }

  /** Nothing is sent any more. */
  void close() {
    loop.executeOrRun(() -> {
      state = State.CLOSED;
      ClientCallStreamObserver<M> open = stream;
      stream = null;
      if (open != null) {
        open.cancel("this node is stopping", null);
      }
      dropQueue();
      closeChannel();
    });
  }

  private void closeChannel() {
    if (channel != null) {
      channel.shutdownNow();
      channel = null;
    }
  }

  private final class Responses implements ClientResponseObserver<M, D> {
    private @Nullable ClientCallStreamObserver<M> mine;

    @Override
    public void beforeStart(ClientCallStreamObserver<M> requests) {
      mine = requests;
      stream = requests;
      requests.setOnReadyHandler(PeerStream.this::schedulePump);
    }

    @Override
    public void onNext(D answer) {}

    @Override
    public void onError(Throwable failure) {
      ended(String.valueOf(failure.getMessage()));
    }

    @Override
    public void onCompleted() {
      ended("the peer has ended it");
    }

    private void ended(String reason) {
      ClientCallStreamObserver<M> which = mine;
      if (which != null) {
        loop.execute(() -> failed(which, reason));
      }
    }
  }
}
