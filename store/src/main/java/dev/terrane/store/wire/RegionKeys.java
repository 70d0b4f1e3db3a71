package dev.terrane.store.wire;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import java.nio.ByteBuffer;

/**
 * Where a store keeps its own records. In the KV engine's {@code region} family: {@code i} the
 * store's identity; {@code r} and the Region id (8 bytes, big-endian) a Region's state; {@code a}
 * and the Region id its applied position; {@code p} a first Region that is offered to PD. In the
 * log engine's named records: {@code ident}; {@code starts} how often the store was started; {@code
 * blank/} and the Region id a peer without data; {@code snapshot/} and the Region id the marker of
 * a snapshot that is to be installed.
 */
public final class RegionKeys {
  public static final Bytes IDENT = Bytes.ofUtf8("i");
  public static final Bytes OFFERED_REGION = Bytes.ofUtf8("p");

  /** All Region states. */
  public static final KeyRange REGION_STATES = new KeyRange(Bytes.ofUtf8("r"), Bytes.ofUtf8("s"));

  public static final Bytes LOG_IDENT = Bytes.ofUtf8("ident");
  public static final Bytes LOG_STARTS = Bytes.ofUtf8("starts");
  public static final Bytes BLANK_PREFIX = Bytes.ofUtf8("blank/");
  public static final Bytes MARKER_PREFIX = Bytes.ofUtf8("snapshot/");

  private RegionKeys() {}

  public static Bytes regionState(long regionId) {
    return key("r", regionId);
  }

  public static Bytes applied(long regionId) {
    return key("a", regionId);
  }

  public static Bytes blankPeer(long regionId) {
    return key("blank/", regionId);
  }

  public static Bytes snapshotMarker(long regionId) {
    return key("snapshot/", regionId);
  }

  /** The Region that a key made here is about. */
  public static long regionId(Bytes key) {
    return key.from(key.length() - Long.BYTES).asByteBuffer().getLong();
  }

  private static Bytes key(String prefix, long regionId) {
    ByteBuffer key = ByteBuffer.allocate(prefix.length() + Long.BYTES);
    Bytes.ofUtf8(prefix).copyTo(key);
    key.putLong(regionId);
    return Bytes.wrap(key.array());
  }
}
