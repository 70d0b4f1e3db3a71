package dev.terrane.server.tikv;

import com.google.protobuf.ByteString;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.server.traffic.AnswerMemory;
import dev.terrane.txn.raw.Done;
import dev.terrane.txn.raw.PairsReply;
import dev.terrane.txn.raw.RawRejection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes wire pairs of an answer's pairs as they come. As long as the answer is small its values
 * stay where they are, since it will be gone in a moment; those of a large one go to the memory of
 * the reply.
 */
final class PairsAnswer implements PairsReply {
  private static final int SMALL_ANSWER_BYTES = 64 << 10;

  /** Below that, what is needed to find a value elsewhere is not much less than the value. */
  private static final int SMALL_VALUE_BYTES = 512;

  private static final ByteBuffer NO_ROOM = ByteBuffer.allocateDirect(0);

  private final EncodedReply<List<KvPair>, ?> reply;
  private final Supplier<AnswerMemory> memory;
  private final List<KvPair> pairs = new ArrayList<>();
  private long bytes;

  /**
   * @param memory of the reply, which frees it when the answer has been sent
   */
  PairsAnswer(EncodedReply<List<KvPair>, ?> reply, Supplier<AnswerMemory> memory) {
    this.reply = reply;
    this.memory = memory;
  }

  @Override
  public void pair(Bytes key, Bytes value) {
    boolean small = isSmallWith(value.length()) || value.length() < SMALL_VALUE_BYTES;
    add(key, small ? ProtoBytes.toByteString(value) : memory.get().keep(value));
  }

  /** The first one is measured; after that a small answer has had small values. */
  @Override
  public int pair(Bytes key, RowValue value) {
    boolean small = isSmallWith(pairs.isEmpty() ? value.copyValue(NO_ROOM.duplicate()) : 0);
    ByteString kept = small ? ProtoBytes.toByteString(value.value()) : memory.get().keep(value);
    add(key, kept);
    return kept.size();
  }

  private boolean isSmallWith(int more) {
    return bytes + more <= SMALL_ANSWER_BYTES;
  }

  private void add(Bytes key, ByteString value) {
    bytes += key.length() + value.size();
    pairs.add(KvPair.newBuilder().setKey(ProtoBytes.toByteString(key)).setValue(value).build());
  }

  @Override
  public void forget() {
    pairs.clear();
    if (bytes > SMALL_ANSWER_BYTES) {
      memory.get().free();
    }
  }

  @Override
  public Charge answerCharge() {
    return reply.answerCharge();
  }

  @Override
  public void answer(Done done) {
    reply.answer(pairs);
  }

  @Override
  public void refused(RegionError error) {
    reply.refused(error);
  }

  @Override
  public void rejected(RawRejection why) {
    reply.rejected(why);
  }
}
