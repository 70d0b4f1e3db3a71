package dev.terrane.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.common.region.Peer;
import dev.terrane.common.region.Region;
import dev.terrane.common.region.RegionEpoch;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.errorpb.Error;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ProtoRegionErrorsTest {
  private static final Region REGION =
      new Region(
          7,
          new KeyRange(Bytes.of(0xff, 0), Bytes.EMPTY),
          new RegionEpoch(3, 5),
          List.of(Peer.voter(8, 1), Peer.learner(9, 2)));

  static List<RegionError> everyKind() {
    return List.of(
        new RegionError.NotLeader(7, null),
        new RegionError.NotLeader(7, Peer.voter(8, 1)),
        new RegionError.RegionNotFound(7),
        new RegionError.KeyNotInRegion(Bytes.of(0xff), 7, REGION.range()),
        new RegionError.EpochNotMatch(List.of()),
        new RegionError.EpochNotMatch(List.of(REGION)),
        new RegionError.ServerIsBusy("credits", Duration.ofMillis(20)),
        new RegionError.StaleCommand(),
        new RegionError.StoreNotMatch(1, 2),
        new RegionError.MismatchPeerId(8, 9),
        new RegionError.RaftEntryTooLarge(7, 9_000_000),
        new RegionError.ReadIndexNotReady(7, "first moments"),
        new RegionError.RegionNotInitialized(7),
        new RegionError.DiskFull(1, "data"),
        new RegionError.DataIsNotReady(7, 8, 400),
        new RegionError.UndeterminedResult("stopping"),
        new RegionError.Other("no epoch"));
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void comesBackAsItWas(RegionError error) {
    Error proto = ProtoRegionErrors.toProto(error);

    assertThat(ProtoRegionErrors.fromProto(proto)).isEqualTo(error);
    assertThat(proto.getMessage()).isNotEmpty();
    assertThat(proto.getAllFields())
        .as("the text and at most one member")
        .hasSize(error instanceof RegionError.Other ? 1 : 2);
  }

  @Test
  void noKindIsForgotten() {
    assertThat(everyKind().stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.asList(RegionError.class.getPermittedSubclasses()));
  }

  @Test
  void aLeaderWithoutStoreIsNobody() {
    Error.Builder proto = Error.newBuilder();
    proto.getNotLeaderBuilder().setRegionId(7).getLeaderBuilder();

    assertThat(ProtoRegionErrors.fromProto(proto.build()))
        .isEqualTo(new RegionError.NotLeader(7, null));
  }

  @Test
  void whatHasNoCounterpartKeepsItsName() {
    Error.Builder proto = Error.newBuilder();
    proto.getMaxTimestampNotSyncedBuilder();

    assertThat(ProtoRegionErrors.fromProto(proto.build()))
        .isInstanceOfSatisfying(
            RegionError.Other.class,
            other -> assertThat(other.message()).contains("max_timestamp_not_synced"));
  }
}
