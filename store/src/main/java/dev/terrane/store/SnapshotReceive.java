package dev.terrane.store;

import dev.terrane.engine.EngineException;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.proto.terranepb.SnapshotOffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One incoming snapshot stream: brings the offer to the loop, each chunk after the permit to an I/O
 * thread, and the whole to the loop.
 *
 * <p>Called by transport threads, which only enqueue; the steps run on I/O threads, never two at a
 * time. The queue holds one chunk, the loop's word and the end of the stream, by the contract of
 * {@link SnapshotReceiver}.
 */
final class SnapshotReceive implements SnapshotReceiver {
  /** Where a stream begins and ends. Called from any thread. */
  interface Owner {
    /** Something is offered: the owner calls {@link #permit} or {@link #refuse}, now or later. */
    void offered(SnapshotReceive receive, SnapshotOffer offer);

    /** Takes the first chunk of what was permitted, or says why not. */
    SnapshotIntake begin(SnapshotOffer offer, SnapshotHead head) throws SnapshotIntake.Refused;

    /** Everything has been received and is durable; the owner answers the stream. */
    void received(
        SnapshotReceive receive, SnapshotIntake intake, SnapshotMarker marker, Reply reply);

    /** A stream on which something was offered has ended without being received. */
    void failed(SnapshotReceive receive);
  }

  private final Owner owner;
  private final DiskExecutor disk;
  private final Reply reply;

  /** What is running, and what waits for it. Guarded by itself. */
  private final ArrayDeque<Runnable> steps = new ArrayDeque<>();

  /** Counts what has come, for the loop, which gives up a stream on which nothing does. */
  private volatile int arrived;

  private @Nullable SnapshotOffer offer;
  private boolean permitted;
  private @Nullable SnapshotIntake intake;
  private boolean over;

  SnapshotReceive(Owner owner, DiskExecutor disk, Reply reply) {
    this.owner = owner;
    this.disk = disk;
    this.reply = reply;
  }

  /** Different whenever something has come since it was last asked. */
  int arrived() {
    return arrived;
  }

  @Override
  public void onChunk(SnapshotChunk chunk, Runnable consumed) {
    enqueue(() -> {
      int before = arrived; // the steps alone write it
      arrived = before + 1;
      take(chunk);
      consumed.run();
    });
  }

  @Override
  public void onEnd() {
    enqueue(() -> end("the stream ended before the snapshot did"));
  }

  @Override
  public void onFailed(String reason) {
    enqueue(() -> end(reason));
  }

  /** What was offered may come. */
  void permit() {
    enqueue(() -> {
      if (!over) {
        permitted = true;
        reply.permitted();
      }
    });
  }

  /** What was offered is not wanted, or not any more. */
  void refuse(String reason) {
    enqueue(() -> end(reason));
  }

  /** Steps run one after the other in the order in which they came, whatever the executor does. */
  private void enqueue(Runnable step) {
    synchronized (steps) {
      steps.add(step);
      if (steps.size() > 1) {
        return; // whoever runs the one before goes on with it
      }
    }
    disk.submit("receive-snapshot", this::runFirst);
  }

  private void runFirst() {
    Runnable step;
    synchronized (steps) {
      step = steps.element();
    }
    step.run();
    synchronized (steps) {
      steps.remove();
      if (steps.isEmpty()) {
        return;
      }
    }
    disk.submit("receive-snapshot", this::runFirst);
  }

  private void take(SnapshotChunk chunk) {
    if (over) {
      return;
    }
    try {
      SnapshotIntake current = intake;
      switch (chunk.getPartCase()) {
        case OFFER -> {
          if (offer != null) {
            throw new SnapshotIntake.Refused("a second offer");
          }
          offer = chunk.getOffer();
          owner.offered(this, chunk.getOffer());
        }
        case HEAD -> {
          SnapshotOffer permittedOffer = offer;
          if (permittedOffer == null || !permitted) {
            throw new SnapshotIntake.Refused("a head without a permit");
          }
          if (current != null) {
            throw new SnapshotIntake.Refused("a second head");
          }
          intake = owner.begin(permittedOffer, chunk.getHead());
        }
        case DATA -> begun(current).take(chunk.getData());
        case TAIL -> {
          SnapshotIntake complete = begun(current);
          SnapshotMarker marker = complete.finish(chunk.getTail());
          over = true;
          owner.received(this, complete, marker, reply);
        }
        case PART_NOT_SET -> throw new SnapshotIntake.Refused("an empty chunk");
      }
    } catch (SnapshotIntake.Refused e) {
      end(e.getMessage());
    } catch (IllegalArgumentException e) {
      end("it makes no sense: " + e.getMessage());
    } catch (EngineException e) {
      end("the disk could not take it: " + e.getMessage());
    }
  }

  private static SnapshotIntake begun(@Nullable SnapshotIntake intake)
      throws SnapshotIntake.Refused {
    if (intake == null) {
      throw new SnapshotIntake.Refused("data without a head");
    }
    return intake;
  }

  private void end(@Nullable String reason) {
    if (over) {
      return;
    }
    over = true;
    SnapshotIntake current = intake;
    if (current != null) {
      current.discard();
    }
    if (offer != null) {
      owner.failed(this);
    }
    reply.done(
        SnapshotDone.newBuilder()
            .setAccepted(false)
            .setReason(reason == null ? "" : reason)
            .build());
  }
}
