package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.common.Bytes;
import dev.terrane.common.region.Peer;
import dev.terrane.proto.ProtoBytes;
import dev.terrane.proto.ProtoRegions;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.Region;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks PD for Regions that the cache does not have. Calls wait here; few questions are under way at
 * a time, and each answer serves every call that it covers.
 */
final class RegionLoader {
  private static final int LOADS_MAX = 4;
  private static final int LAST_REGIONS_PAGE = 64;

  /** No Region but the last is likely to hold this key, and from any Region the scan goes on. */
  private static final Bytes HIGH_KEY = Bytes.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

  private final ClientCore core;
  private final Deque<RegionCall> waiting = new ArrayDeque<>();
  private int loads;

  RegionLoader(ClientCore core) {
    this.core = core;
  }

  /** {@code call}, in state LOCATING, is routed again once PD has told where it belongs. */
  void await(RegionCall call) {
    waiting.add(call);
    loadMore();
  }

  /** Asks PD anew about the Region of {@code call}, which does not wait for the answer. */
  void refresh(RegionCall call) {
    CachedRegion region = call.region();
    if (loads < LOADS_MAX && region.isValid() && region.beginRefresh(core.now())) {
      loads++;
      load(new Question(call.routeKey(), call.routesBelow(), null, region));
    }
  }

  /** Routes every waiting call anew; those that still miss their Region come back. */
  void retryAll() {
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        core.route(call);
      }
    }
  }

  /** Fails every waiting call: what is wrong is not about one Region. */
  void failAll(ClientException failure) {
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        call.failed(failure);
      }
    }
  }

  private List<RegionCall> takeWaiting() {
    List<RegionCall> calls = new ArrayList<>(waiting);
    waiting.clear();
    return calls;
  }

  private void loadMore() {
    if (core.codecOrNull() == null) {
      core.keyspace().load();
      return;
    }
    while (loads < LOADS_MAX) {
      RegionCall call = waiting.poll();
      if (call == null) {
        return;
      }
      if (call.isLocating()) {
        loads++;
        load(new Question(call.routeKey(), call.routesBelow(), call, null));
      }
    }
  }

  private void load(Question question) {
    Bytes key = core.codec().toPd(question.routeKey);
    if (!question.below) {
      ask(question, Rpc.GET_REGION, key, null);
    } else if (key.isEmpty()) {
      askLast(question, HIGH_KEY);
    } else {
      ask(question, Rpc.GET_REGION, key, key);
    }
  }

  /**
   * @param boundKey when the keys just below it are looked for: a Region that begins there is not
   *     the one, but the one before it is
   */
  private void ask(
      Question question,
      Rpc<GetRegionRequest, GetRegionResponse> rpc,
      Bytes key,
      @Nullable Bytes boundKey) {
    new PdCall<>(
            core,
            rpc,
            header ->
                GetRegionRequest.newBuilder()
                    .setHeader(header)
                    .setRegionKey(ProtoBytes.toByteString(key))
                    .build(),
            GetRegionResponse::getHeader,
            new Loaded<GetRegionResponse>(question) {
              @Override
              public void succeeded(GetRegionResponse answer) {
                if (boundKey != null
                    && answer.hasRegion()
                    && ProtoBytes.toBytes(answer.getRegion().getStartKey()).equals(boundKey)) {
                  ask(question, Rpc.GET_PREV_REGION, key, null);
                  return;
                }
                if (answer.hasRegion()) {
                  insert(answer.getRegion(), answer.hasLeader() ? answer.getLeader() : null);
                }
                ended(question.asker);
              }
            })
        .start();
  }

  private void askLast(Question question, Bytes from) {
    new PdCall<>(
            core,
            Rpc.SCAN_REGIONS,
            header ->
                ScanRegionsRequest.newBuilder()
                    .setHeader(header)
                    .setStartKey(ProtoBytes.toByteString(from))
                    .setLimit(LAST_REGIONS_PAGE)
                    .build(),
            ScanRegionsResponse::getHeader,
            new Loaded<ScanRegionsResponse>(question) {
              @Override
              public void succeeded(ScanRegionsResponse answer) {
                for (Region region : answer.getRegionsList()) {
                  insert(region.getRegion(), region.hasLeader() ? region.getLeader() : null);
                }
                Bytes end = lastEnd(answer);
                if (end.isEmpty() || end.compareTo(from) <= 0) {
                  ended(question.asker);
                } else {
                  askLast(question, end);
                }
              }
            })
        .start();
  }

  private static Bytes lastEnd(ScanRegionsResponse answer) {
    int count = answer.getRegionsCount();
    return count == 0
        ? Bytes.EMPTY
        : ProtoBytes.toBytes(answer.getRegions(count - 1).getRegion().getEndKey());
  }

  private void insert(
      dev.terrane.proto.metapb.Region region, dev.terrane.proto.metapb.@Nullable Peer leader) {
    Peer known = leader == null || leader.getId() == 0 ? null : ProtoRegions.fromProto(leader);
    core.learnFromPd(ProtoRegions.fromProto(region), known);
  }

  /** One answer serves all; the call for which PD was asked in vain waits before it asks again. */
  private void ended(@Nullable RegionCall asker) {
    loads--;
    for (RegionCall call : takeWaiting()) {
      if (call.isLocating()) {
        if (core.locate(call) == null) {
          waiting.add(call);
        } else {
          core.route(call);
        }
      }
    }
    if (asker != null && asker.isLocating()) {
      if (core.locate(asker) == null) {
        asker.backOff(Delay.REGION_UNKNOWN, "PD does not know its region now");
      } else {
        core.route(asker);
      }
    }
    loadMore();
  }

  /**
   * @param below whether the Region is the one that holds the keys just below {@code routeKey}
   * @param asker who waits for the answer and is no longer among those waiting; null if nobody
   * @param refreshed what is known and in doubt; null if nothing is
   */
  private record Question(
      Bytes routeKey,
      boolean below,
      @Nullable RegionCall asker,
      @Nullable CachedRegion refreshed) {}

  private abstract class Loaded<A> implements Completion<A> {
    private final Question question;

    Loaded(Question question) {
      this.question = question;
    }

    @Override
    public void failed(ClientException failure) {
      loads--;
      if (failure instanceof DeadlineExceededException) {
        // The others have deadlines of their own.
        loadMore();
      } else {
        if (question.refreshed != null) {
          // Neither its peers nor PD: who wants it from now on is to fail as soon as is known.
          core.cache().remove(question.refreshed);
        }
        failAll(failure);
      }
      if (question.asker != null && question.asker.isLocating()) {
        question.asker.failed(failure);
      }
    }
  }
}
