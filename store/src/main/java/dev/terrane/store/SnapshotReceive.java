package dev.terrane.store;

import dev.terrane.engine.EngineException;
import dev.terrane.proto.terranepb.SnapshotChunk;
import dev.terrane.proto.terranepb.SnapshotDone;
import dev.terrane.proto.terranepb.SnapshotHead;
import dev.terrane.proto.terranepb.SnapshotMarker;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One incoming snapshot stream: brings each chunk to an I/O thread and the whole to the loop.
 *
 * <p>Called by transport threads, which only enqueue; the steps run on I/O threads, never two at a
 * time. The queue holds one chunk and the end of the stream, by the contract of {@link
 * SnapshotReceiver}.
 */
final class SnapshotReceive implements SnapshotReceiver {
  /** Where a stream begins and ends. */
  interface Owner {
    /** Takes the first chunk, or says why not. */
    SnapshotIntake admit(SnapshotHead head) throws SnapshotIntake.Refused;

    /** Everything has been received and is durable; the owner answers the stream. */
    void received(SnapshotIntake intake, SnapshotMarker marker, Reply reply);

    /** A stream that was admitted has ended without being received. */
    void failed(SnapshotIntake intake);
  }

  private final Owner owner;
  private final DiskExecutor disk;
  private final Reply reply;

  /** What is running, and what waits for it. Guarded by itself. */
  private final ArrayDeque<Runnable> steps = new ArrayDeque<>();

  private @Nullable SnapshotIntake intake;
  private boolean over;

  SnapshotReceive(Owner owner, DiskExecutor disk, Reply reply) {
    this.owner = owner;
    this.disk = disk;
    this.reply = reply;
  }

  @Override
  public void onChunk(SnapshotChunk chunk, Runnable consumed) {
    enqueue(() -> {
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
        case HEAD -> {
          if (current != null) {
            throw new SnapshotIntake.Refused("a second head");
          }
          intake = owner.admit(chunk.getHead());
        }
        case DATA -> admitted(current).take(chunk.getData());
        case TAIL -> {
          SnapshotIntake complete = admitted(current);
          SnapshotMarker marker = complete.finish(chunk.getTail());
          over = true;
          owner.received(complete, marker, reply);
        }
        case PART_NOT_SET -> throw new SnapshotIntake.Refused("an empty chunk");
      }
    } catch (SnapshotIntake.Refused e) {
      end(e.getMessage());
    } catch (EngineException e) {
      end("the disk could not take it: " + e.getMessage());
    }
  }

  private static SnapshotIntake admitted(@Nullable SnapshotIntake intake)
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
      owner.failed(current);
    }
    reply.done(
        SnapshotDone.newBuilder()
            .setAccepted(false)
            .setReason(reason == null ? "" : reason)
            .build());
  }
}
