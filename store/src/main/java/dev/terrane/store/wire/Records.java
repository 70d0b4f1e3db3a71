package dev.terrane.store.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.Region;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.terranepb.BlankPeer;
import dev.terrane.proto.terranepb.PeerState;
import dev.terrane.proto.terranepb.RegionState;
import dev.terrane.proto.terranepb.SnapshotMarker;
import dev.terrane.proto.terranepb.StoreIdent;

/**
 * Writes and reads the protobuf records that a store keeps, and refuses those of a newer format.
 */
public final class Records {
  /** Of every record here. */
  public static final int FORMAT = 1;

  private Records() {}

  public static Bytes encode(MessageLite message) {
    return Bytes.wrap(message.toByteArray());
  }

  /**
   * The state of {@code region}; {@code peerId} is this store's peer, even if no member any more.
   */
  public static Bytes regionState(Region region, PeerState state, long peerId) {
    return encode(
        RegionState.newBuilder()
            .setFormatVersion(FORMAT)
            .setState(state)
            .setRegion(ProtoRegions.toProto(region))
            .setPeerId(peerId)
            .build());
  }

  public static RegionState regionState(Bytes encoded) {
    RegionState state = parse(RegionState.parser(), encoded, "Region state");
    checkFormat(state.getFormatVersion(), "Region state");
    return state;
  }

  public static StoreIdent ident(Bytes encoded) {
    StoreIdent ident = parse(StoreIdent.parser(), encoded, "store identity");
    checkFormat(ident.getFormatVersion(), "store identity");
    return ident;
  }

  public static SnapshotMarker marker(Bytes encoded) {
    SnapshotMarker marker = parse(SnapshotMarker.parser(), encoded, "snapshot marker");
    checkFormat(marker.getFormatVersion(), "snapshot marker");
    return marker;
  }

  public static BlankPeer blankPeer(Bytes encoded) {
    BlankPeer peer = parse(BlankPeer.parser(), encoded, "blank peer");
    checkFormat(peer.getFormatVersion(), "blank peer");
    return peer;
  }

  private static <T> T parse(Parser<T> parser, Bytes encoded, String what) {
    try {
      return parser.parseFrom(ProtoBytes.toByteString(encoded));
    } catch (InvalidProtocolBufferException e) {
      throw new StoredFormatException(what + " cannot be read: " + encoded.toHex(), e);
    }
  }

  private static void checkFormat(int format, String what) {
    if (format != FORMAT) {
      throw new StoredFormatException(
          what + " is of format " + format + ", this release knows format " + FORMAT + " only");
    }
  }
}
