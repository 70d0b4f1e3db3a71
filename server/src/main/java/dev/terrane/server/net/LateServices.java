package dev.terrane.server.net;

import dev.terrane.proto.NotTaken;
import dev.terrane.server.traffic.NodeTraffic;
import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The services of a server that listens before they exist, because they must know its port. Until
 * they are there every call is answered UNAVAILABLE, which clients try again, and {@link NotTaken},
 * so that ours need not ask themselves whether it was executed; gRPC's own answer, UNIMPLEMENTED,
 * would be final to some.
 */
public final class LateServices extends HandlerRegistry {
  private static final MethodDescriptor.Marshaller<InputStream> UNREAD =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
          return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
          return stream;
        }
      };

  private final NodeTraffic traffic;
  private volatile @Nullable Map<String, ServerMethodDefinition<?, ?>> methodByName;

  /**
   * @param traffic counts all calls
   */
  public LateServices(NodeTraffic traffic) {
    this.traffic = traffic;
  }

  /** Opens the door; once. */
  public void offer(List<BindableService> services) {
    Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();
    for (BindableService service : services) {
      ServerServiceDefinition definition = service.bindService();
      for (ServerMethodDefinition<?, ?> method : definition.getMethods()) {
        methods.put(method.getMethodDescriptor().getFullMethodName(), traffic.guard(method));
      }
    }
    methodByName = Map.copyOf(methods);
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String methodName, @Nullable String authority) {
    Map<String, ServerMethodDefinition<?, ?>> offered = methodByName;
    return offered == null ? notYet(methodName) : offered.get(methodName);
  }

  private static ServerMethodDefinition<InputStream, InputStream> notYet(String methodName) {
    MethodDescriptor<InputStream, InputStream> method =
        MethodDescriptor.<InputStream, InputStream>newBuilder()
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(methodName)
            .setRequestMarshaller(UNREAD)
            .setResponseMarshaller(UNREAD)
            .build();
    return ServerMethodDefinition.create(
        method,
        (call, headers) -> {
          call.close(Status.UNAVAILABLE.withDescription("server not started"), NotTaken.trailers());
          return new ServerCall.Listener<>() {};
        });
  }
}
