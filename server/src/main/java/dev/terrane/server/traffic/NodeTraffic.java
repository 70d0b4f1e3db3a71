package dev.terrane.server.traffic;

import dev.terrane.common.TimeSource;
import dev.terrane.common.traffic.Traffic;
import dev.terrane.common.traffic.TrafficBudget;
import dev.terrane.txn.ReadPool;
import io.grpc.Attributes;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** All calls of a node, and what they may hold. Thread-safe. */
public final class NodeTraffic {
  private static final String STORES_SERVICE = "terranepb.Internal/";
  private static final String MEMBERS_METHOD = "terranepd.PdInternal/Raft";
  private static final String STORE_SERVICE = "tikvpb.Tikv/";
  private static final String IMPORT_SERVICE = "import_sstpb.ImportSST/";

  /** Of a connection: closes it. Without it nobody is cut off. */
  public static final Attributes.Key<Runnable> HANG_UP = Attributes.Key.create("hang-up");

  private final TrafficBudget budget;
  private final Executor loop;
  private final ReadPool coders;
  private final @Nullable ByteBufAllocator answers;
  private final ReadPool peersCoders;
  private final UnreadAnswers unread;
  private final AtomicLong openCalls = new AtomicLong();

  /**
   * @param loop where messages are handed over that were decoded elsewhere
   * @param coders where clients' large requests are decoded, and large answers encoded
   * @param peersCoders the same for other stores and members, which must not wait behind
   * @param answers memory for large answers; null where all are messages
   */
  public NodeTraffic(
      TrafficBudget budget,
      Executor loop,
      ReadPool coders,
      ReadPool peersCoders,
      @Nullable ByteBufAllocator answers,
      TimeSource time) {
    this.budget = budget;
    this.loop = loop;
    this.coders = coders;
    this.answers = answers;
    this.peersCoders = peersCoders;
    this.unread = new UnreadAnswers(time);
    budget.whenRefused(this::lookForTheSlow);
  }

  private void lookForTheSlow() {
    if (unread.isTimeToLook()) {
      loop.execute(unread::cutOffTheSlow);
    }
  }

  UnreadAnswers unread() {
    return unread;
  }

  /** {@code method}, with its calls counted. */
  public <Q, R> ServerMethodDefinition<Q, R> guard(ServerMethodDefinition<Q, R> method) {
    return GuardedMethod.of(this, method);
  }

  /** For the server: tells what has come of messages that are not complete. */
  public ServerStreamTracer.Factory partialMessages() {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new PartialMessage(open(method));
      }
    };
  }

  CallTraffic open(String method) {
    openCalls.incrementAndGet();
    return new CallTraffic(this, kind(method));
  }

  void ended() {
    openCalls.decrementAndGet();
  }

  private static Traffic kind(String method) {
    if (method.startsWith(STORES_SERVICE) || method.equals(MEMBERS_METHOD)) {
      return Traffic.PEERS;
    }
    boolean ofClients = method.startsWith(STORE_SERVICE) || method.startsWith(IMPORT_SERVICE);
    return ofClients ? Traffic.CLIENT : Traffic.CONTROL;
  }

  public TrafficBudget budget() {
    return budget;
  }

  Executor loop() {
    return loop;
  }

  ReadPool coders(CallTraffic call) {
    return call.kind() == Traffic.PEERS ? peersCoders : coders;
  }

  /** For the server: how it reads what is compressed. */
  public DecompressorRegistry decompressors() {
    return Gzip.registry();
  }

  /** For the pairs of a large answer; its user frees it. Null where all answers are messages. */
  @Nullable WirePairs openPairs(int field) {
    return answers == null ? null : new WirePairs(answers, field);
  }

  /** How many calls are open. */
  public long openCalls() {
    return openCalls.get();
  }

  /** What is taken for open calls alone, as long as none has anything to say. */
  public long idleBytes() {
    return openCalls.get() * CallTraffic.CALL_BYTES;
  }
}
