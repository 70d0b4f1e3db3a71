package dev.terrane.pd;

import dev.terrane.common.Bytes;
import dev.terrane.common.KeyRange;
import dev.terrane.pd.region.RegionInfo;
import dev.terrane.pd.region.RegionScan;
import dev.terrane.pd.state.ClusterState;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.pdpb.BatchScanRegionsRequest;
import dev.terrane.proto.pdpb.BatchScanRegionsResponse;
import dev.terrane.proto.pdpb.ErrorType;
import dev.terrane.proto.pdpb.GetRegionByIDRequest;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.QueryRegionRequest;
import dev.terrane.proto.pdpb.QueryRegionResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where Regions are. Answered from the tree as it is. Confined to the member's thread. */
final class RegionQueries {
  /** Of one answer. A client that wants more asks again from where it ended. */
  private static final int REGIONS_MAX = 10_240;

  /** Of one answer, without the Regions that come twice in it. */
  private static final int ANSWER_BYTES_MAX = 16 << 20;

  /** Keys, ids or ranges that one call may ask about. */
  private static final int ASKED_MAX = 10_240;

  private final PdMember member;

  RegionQueries(PdMember member) {
    this.member = member;
  }

  void getRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    answer(member.regions().find(ProtoBytes.toBytes(request.getRegionKey())), reply);
  }

  void getPrevRegion(GetRegionRequest request, PdReply<GetRegionResponse> reply) {
    answer(member.regions().previous(ProtoBytes.toBytes(request.getRegionKey())), reply);
  }

  void getRegionById(GetRegionByIDRequest request, PdReply<GetRegionResponse> reply) {
    answer(member.regions().byId(request.getRegionId()), reply);
  }

  private void answer(@Nullable RegionInfo region, PdReply<GetRegionResponse> reply) {
    ClusterState state = member.stateOrThrow();
    GetRegionResponse.Builder response =
        region == null ? GetRegionResponse.newBuilder() : RegionAnswers.get(region);
    reply.answer(
        response
            .setHeader(
                state.isBootstrapped()
                    ? Headers.ok(state.clusterId())
                    : Headers.notBootstrapped(state.clusterId()))
            .build());
  }

  void queryRegion(QueryRegionRequest request, PdReply<QueryRegionResponse> reply) {
    ClusterState state = member.stateOrThrow();
    QueryRegionResponse.Builder response = QueryRegionResponse.newBuilder();
    if (!state.isBootstrapped()) {
      reply.answer(response.setHeader(Headers.notBootstrapped(state.clusterId())).build());
      return;
    }
    int asked = request.getIdsCount() + request.getKeysCount() + request.getPrevKeysCount();
    if (asked > ASKED_MAX) {
      reply.refuse(tooMany(asked, "keys and ids"));
      return;
    }
    Map<Long, RegionInfo> regionById = new LinkedHashMap<>();
    for (long id : request.getIdsList()) {
      note(member.regions().byId(id), regionById);
    }
    request
        .getKeysList()
        .forEach(key ->
            response.addKeyIdMap(note(member.regions().find(ProtoBytes.toBytes(key)), regionById)));
    request
        .getPrevKeysList()
        .forEach(key ->
            response.addPrevKeyIdMap(
                note(member.regions().previous(ProtoBytes.toBytes(key)), regionById)));
    regionById.forEach((id, region) -> response.putRegionsById(id, RegionAnswers.response(region)));
    reply.answer(response.setHeader(Headers.ok(state.clusterId())).build());
  }

  /**
   * The id to answer for a Region, 0 for none. A remainder and what is current can have the same
   * id; an answer has room for one, and the current one knows better.
   */
  private long note(@Nullable RegionInfo region, Map<Long, RegionInfo> regionById) {
    if (region == null) {
      return 0;
    }
    RegionInfo other = regionById.get(region.id());
    if (other != null && !other.equals(region)) {
      return 0; // the client asks again, alone, and hears of the remainder then
    }
    regionById.put(region.id(), region);
    return region.id();
  }

  void scanRegions(ScanRegionsRequest request, PdReply<ScanRegionsResponse> reply) {
    ClusterState state = member.stateOrThrow();
    ScanRegionsResponse.Builder response = ScanRegionsResponse.newBuilder();
    if (!state.isBootstrapped()) {
      reply.answer(response.setHeader(Headers.notBootstrapped(state.clusterId())).build());
      return;
    }
    KeyRange range =
        new KeyRange(
            ProtoBytes.toBytes(request.getStartKey()), ProtoBytes.toBytes(request.getEndKey()));
    int limit = limitOf(request.getLimit());
    List<RegionInfo> found = member.regions().scan(range, limit).regions();
    Bytes last = found.isEmpty() ? Bytes.EMPTY : found.getLast().region().range().end();
    if (found.size() == limit && asksForMore(request.getLimit(), last, range)) {
      reply.answer(response.setHeader(cutOff(state)).build());
      return;
    }
    int bytes = 0;
    for (RegionInfo region : found) {
      dev.terrane.proto.pdpb.Region answer = RegionAnswers.region(region);
      bytes += answer.getSerializedSize();
      if (bytes > ANSWER_BYTES_MAX) {
        reply.answer(ScanRegionsResponse.newBuilder().setHeader(cutOff(state)).build());
        return;
      }
      response.addRegions(answer).addRegionMetas(answer.getRegion()).addLeaders(answer.getLeader());
    }
    reply.answer(response.setHeader(Headers.ok(state.clusterId())).build());
  }

  private static int limitOf(int asked) {
    return asked <= 0 ? REGIONS_MAX : Math.min(asked, REGIONS_MAX);
  }

  /**
   * Whether a caller that hears of Regions up to {@code last} would take them for all there are.
   */
  private static boolean asksForMore(int asked, Bytes last, KeyRange range) {
    boolean wanted = asked <= 0 || asked > REGIONS_MAX;
    boolean there = !last.isEmpty() && (range.end().isEmpty() || last.compareTo(range.end()) < 0);
    return wanted && there;
  }

  private static ResponseHeader cutOff(ClusterState state) {
    return Headers.error(
        state.clusterId(),
        ErrorType.INVALID_VALUE,
        "the range has more Regions than one answer holds: ask for at most %d, or fewer where keys are long, and go on from the last one's end key"
            .formatted(REGIONS_MAX));
  }

  private static PdRefusal tooMany(int asked, String what) {
    return new PdRefusal.Invalid(
        "%d %s in one call, at most %d: ask in several".formatted(asked, what, ASKED_MAX));
  }

  void batchScanRegions(BatchScanRegionsRequest request, PdReply<BatchScanRegionsResponse> reply) {
    ClusterState state = member.stateOrThrow();
    BatchScanRegionsResponse.Builder response = BatchScanRegionsResponse.newBuilder();
    if (!state.isBootstrapped()) {
      reply.answer(response.setHeader(Headers.notBootstrapped(state.clusterId())).build());
      return;
    }
    if (request.getRangesCount() > ASKED_MAX) {
      reply.refuse(tooMany(request.getRangesCount(), "ranges"));
      return;
    }
    List<KeyRange> ranges = new ArrayList<>();
    for (var range : request.getRangesList()) {
      ranges.add(
          new KeyRange(
              ProtoBytes.toBytes(range.getStartKey()), ProtoBytes.toBytes(range.getEndKey())));
    }
    String wrong = whatIsWrong(ranges);
    if (wrong != null) {
      reply.answer(
          response.setHeader(Headers.error(state.clusterId(), ErrorType.UNKNOWN, wrong)).build());
      return;
    }
    int limit = limitOf(request.getLimit());
    RegionInfo last = null;
    int bytes = 0;
    for (KeyRange range : ranges) {
      int left = limit - response.getRegionsCount();
      if (left <= 0 && limit == request.getLimit()) {
        break;
      }
      RegionScan scan = member.regions().scan(range, left + 1);
      if (request.getContainAllKeyRange() && !scan.gapless()) {
        reply.answer(
            BatchScanRegionsResponse.newBuilder()
                .setHeader(
                    Headers.error(
                        state.clusterId(),
                        ErrorType.REGIONS_NOT_CONTAIN_ALL_KEY_RANGE,
                        "no Region covers all of " + range))
                .build());
        return;
      }
      for (RegionInfo region : scan.regions()) {
        if (region.equals(last)) {
          continue;
        }
        dev.terrane.proto.pdpb.Region answer = RegionAnswers.region(region);
        bytes += answer.getSerializedSize();
        if (bytes > ANSWER_BYTES_MAX
            || (response.getRegionsCount() == limit && limit != request.getLimit())) {
          reply.answer(BatchScanRegionsResponse.newBuilder().setHeader(cutOff(state)).build());
          return;
        }
        if (response.getRegionsCount() == limit) {
          break;
        }
        response.addRegions(answer);
        last = region;
      }
    }
    reply.answer(response.setHeader(Headers.ok(state.clusterId())).build());
  }

  private static @Nullable String whatIsWrong(List<KeyRange> ranges) {
    Bytes reached = null;
    for (KeyRange range : ranges) {
      if (range.isEmpty()) {
        return "range " + range + " is empty or reversed";
      }
      if (reached != null && (reached.isEmpty() || range.start().compareTo(reached) < 0)) {
        return "range " + range + " begins before the one in front of it ends";
      }
      reached = range.end();
    }
    return null;
  }
}
