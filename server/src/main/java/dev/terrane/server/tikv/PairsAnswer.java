package dev.terrane.server.tikv;

import dev.terrane.common.Bytes;
import dev.terrane.common.region.RegionError;
import dev.terrane.common.traffic.Charge;
import dev.terrane.engine.RowValue;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.kvrpcpb.KvPair;
import dev.terrane.server.traffic.WirePairs;
import dev.terrane.txn.raw.Done;
import dev.terrane.txn.raw.PairsReply;
import dev.terrane.txn.raw.RawRejection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes wire pairs of an answer's pairs as they come: objects, as long as the answer is small and
 * gone in a moment; from then on their wire form, beside the heap.
 */
final class PairsAnswer<R> implements PairsReply {
  private static final int SMALL_BYTES = 64 << 10;

  private final Reply<R> reply;
  private final EncodedReply<List<KvPair>, R> encoded;
  private final int field;
  private final List<KvPair> pairs = new ArrayList<>();
  private long bytes;

  /** Those of a large answer. */
  private @Nullable WirePairs large;

  /**
   * @param field of the response that has the pairs
   */
  PairsAnswer(Reply<R> reply, EncodedReply<List<KvPair>, R> encoded, int field) {
    this.reply = reply;
    this.encoded = encoded;
    this.field = field;
  }

  @Override
  public void pair(Bytes key, Bytes value) {
    WirePairs wire = wireWith(value.length());
    if (wire == null) {
      add(key, value);
    } else {
      wire.add(key, value);
    }
  }

  /** The first one is measured; after that a small answer has had small values. */
  @Override
  public int pair(Bytes key, RowValue row) {
    WirePairs wire = wireWith(pairs.isEmpty() && large == null ? WirePairs.length(row) : 0);
    if (wire != null) {
      return wire.add(key, row);
    }
    Bytes value = row.value();
    add(key, value);
    return value.length();
  }

  /** Where the next pair goes, which has at least {@code more}; null for {@link #pairs}. */
  private @Nullable WirePairs wireWith(int more) {
    if (large == null && bytes + more > SMALL_BYTES) {
      large = reply.openPairs(field);
      if (large != null) {
        for (KvPair pair : pairs) {
          large.add(ProtoBytes.toBytes(pair.getKey()), ProtoBytes.toBytes(pair.getValue()));
        }
        pairs.clear();
      }
    }
    return large;
  }

  private void add(Bytes key, Bytes value) {
    bytes += key.length() + value.length();
    pairs.add(
        KvPair.newBuilder()
            .setKey(ProtoBytes.toByteString(key))
            .setValue(ProtoBytes.toByteString(value))
            .build());
  }

  @Override
  public void forget() {
    pairs.clear();
    if (large != null) {
      large.free();
    }
  }

  @Override
  public Charge answerCharge() {
    return reply.charge();
  }

  @Override
  public void answer(Done done) {
    if (large != null) {
      reply.send(large.answer());
    } else {
      encoded.answer(pairs);
    }
  }

  @Override
  public void refused(RegionError error) {
    encoded.refused(error);
  }

  @Override
  public void rejected(RawRejection why) {
    encoded.rejected(why);
  }
}
