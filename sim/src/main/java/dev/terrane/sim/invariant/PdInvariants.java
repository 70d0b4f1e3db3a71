package dev.terrane.sim.invariant;

import dev.terrane.pd.Pd;
import dev.terrane.pd.PdRefusal;
import dev.terrane.pd.PdReply;
import dev.terrane.proto.pdpb.AllocIDResponse;
import dev.terrane.proto.pdpb.PutStoreRequest;
import dev.terrane.proto.pdpb.PutStoreResponse;
import dev.terrane.proto.pdpb.ResponseHeader;
import dev.terrane.proto.pdpb.StoreHeartbeatRequest;
import dev.terrane.proto.pdpb.StoreHeartbeatResponse;
import dev.terrane.proto.pdpb.TsoResponse;
import dev.terrane.sim.world.NodeProcess;
import dev.terrane.sim.world.SimulationFailure;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Timestamps are above all that were given before they were asked for, each is given once, and so
 * are ids, whoever leads PD.
 */
final class PdInvariants {
  private static final int LOGICAL_BITS = 18;

  private final TreeMap<Long, Long> lastIdByFirst = new TreeMap<>();
  private final TreeMap<Long, Long> lastTimestampByFirst = new TreeMap<>();
  private final StoreWords storeWords = new StoreWords();
  private long newestTimestamp;
  private long timestamps;

  StoreWords storeWords() {
    return storeWords;
  }

  long timestamps() {
    return timestamps;
  }

  /** A member whose answers are seen when it gives them, before anybody may hold them back. */
  Pd watched(NodeProcess process, Pd member) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (arguments != null && arguments.length == 2 && arguments[1] instanceof PdReply<?> r) {
            if (method.getName().equals("tso")) {
              arguments[1] = timestampReply(process, r);
            } else if (method.getName().equals("allocId")) {
              arguments[1] = idReply(process, r);
            } else if (method.getName().equals("putStore")) {
              arguments[1] = putReply(process, (PutStoreRequest) arguments[0], r);
            } else if (method.getName().equals("storeHeartbeat")) {
              arguments[1] = heartbeatReply(process, (StoreHeartbeatRequest) arguments[0], r);
            }
          }
          return invoke(method, member, arguments);
        };
    return (Pd)
        Proxy.newProxyInstance(Pd.class.getClassLoader(), new Class<?>[] {Pd.class}, handler);
  }

  private static Object invoke(Method method, Pd member, Object[] arguments) throws Throwable {
    try {
      return method.invoke(member, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @SuppressWarnings("unchecked") // the method's name says which
  private PdReply<TsoResponse> timestampReply(NodeProcess process, PdReply<?> reply) {
    PdReply<TsoResponse> to = (PdReply<TsoResponse>) reply;
    long before = newestTimestamp;
    return new PdReply<>() {
      @Override
      public void answer(TsoResponse response) {
        if (response.getCount() > 0) {
          given(process, response, before);
        }
        to.answer(response);
      }

      @Override
      public void refuse(PdRefusal refusal) {
        to.refuse(refusal);
      }
    };
  }

  private void given(NodeProcess process, TsoResponse response, long before) {
    long last =
        (response.getTimestamp().getPhysical() << LOGICAL_BITS)
            + response.getTimestamp().getLogical();
    long first = last - response.getCount() + 1;
    if (first <= before) {
      throw new SimulationFailure(
          "%s gives timestamps %d to %d after %d".formatted(process.name(), first, last, before));
    }
    var below = lastTimestampByFirst.floorEntry(last);
    if (below != null && below.getValue() >= first) {
      throw new SimulationFailure(
          "%s gives timestamps %d to %d, of which some up to %d were given"
              .formatted(process.name(), first, last, below.getValue()));
    }
    lastTimestampByFirst.put(first, last);
    newestTimestamp = Math.max(newestTimestamp, last);
    timestamps += response.getCount();
  }

  @SuppressWarnings("unchecked") // the method's name says which
  private PdReply<AllocIDResponse> idReply(NodeProcess process, PdReply<?> reply) {
    PdReply<AllocIDResponse> to = (PdReply<AllocIDResponse>) reply;
    return new PdReply<>() {
      @Override
      public void answer(AllocIDResponse response) {
        if (!response.getHeader().hasError()) {
          allotted(process, response.getId() - response.getCount() + 1, response.getId());
        }
        to.answer(response);
      }

      @Override
      public void refuse(PdRefusal refusal) {
        to.refuse(refusal);
      }
    };
  }

  /** Runs {@code taken} before PD's answer leaves, unless it is an error. */
  private static <R> PdReply<R> reply(
      PdReply<R> reply, Function<R, ResponseHeader> header, Runnable taken) {
    return new PdReply<>() {
      @Override
      public void answer(R response) {
        if (!header.apply(response).hasError()) {
          taken.run();
        }
        reply.answer(response);
      }

      @Override
      public void refuse(PdRefusal refusal) {
        reply.refuse(refusal);
      }
    };
  }

  @SuppressWarnings("unchecked") // the method's name says which
  private PdReply<PutStoreResponse> putReply(
      NodeProcess process, PutStoreRequest request, PdReply<?> reply) {
    return reply(
        (PdReply<PutStoreResponse>) reply,
        PutStoreResponse::getHeader,
        () -> storeWords.taken(request.getStore(), process.machine().world().nowNanos()));
  }

  @SuppressWarnings("unchecked") // the method's name says which
  private PdReply<StoreHeartbeatResponse> heartbeatReply(
      NodeProcess process, StoreHeartbeatRequest request, PdReply<?> reply) {
    return reply(
        (PdReply<StoreHeartbeatResponse>) reply,
        StoreHeartbeatResponse::getHeader,
        () -> storeWords.heard(request.getStats(), process.machine().world().nowNanos()));
  }

  private void allotted(NodeProcess process, long first, long last) {
    var below = lastIdByFirst.floorEntry(last);
    if (below != null && below.getValue() >= first) {
      throw new SimulationFailure(
          "%s gives ids %d to %d, of which some up to %d were given"
              .formatted(process.name(), first, last, below.getValue()));
    }
    lastIdByFirst.put(first, last);
  }
}
