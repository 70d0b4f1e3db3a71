package dev.terrane.proto;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Targets of gRPC's channels for whatever a host is called. gRPC itself takes the names only that
 * Java has in a URI, and throws for any other where a channel is opened: for the underscores that
 * names of containers have, for an address that is none, and for hosts called as its schemes are.
 * Here each can be opened, and what is no host is one that does not resolve.
 *
 * <p>Thread-safe.
 */
public final class HostNames {
  private static final String SCHEME = "terrane-host";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new Provider());
  }

  private HostNames() {}

  /** What a channel to {@code host}, a name or a literal without brackets, is opened by. */
  public static String target(String host, int port) {
    try {
      String authority = new URI(null, null, host, port, null, null, null).getAuthority();
      return target("dns", authority);
    } catch (URISyntaxException notOfUris) {
      return target(SCHEME, host + ":" + port);
    }
  }

  private static String target(String scheme, String authority) {
    try {
      return new URI(scheme, "", "/" + authority, null).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("a path cannot be " + authority, e);
    }
  }

  private static final class Provider extends NameResolverProvider {
    @Override
    protected boolean isAvailable() {
      return true;
    }

    /** Below that of DNS: a target without a scheme is not meant for this. */
    @Override
    protected int priority() {
      return 4;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
      String path = target.getPath();
      Executor lookUps = args.getOffloadExecutor();
      return !SCHEME.equals(target.getScheme()) || path == null || lookUps == null
          ? null
          : new Resolver(path.substring(1), lookUps, args.getSynchronizationContext());
    }
  }

  /** Looks a host up by Java's own means. Confined to its channel's context, but for look-ups. */
  private static final class Resolver extends NameResolver {
    private final String address;
    private final Executor lookUps;
    private final SynchronizationContext context;
    private @Nullable Listener2 listener;
    private boolean lookingUp;
    private boolean over;

    Resolver(String address, Executor lookUps, SynchronizationContext context) {
      this.address = address;
      this.lookUps = lookUps;
      this.context = context;
    }

    @Override
    public String getServiceAuthority() {
      return address;
    }

    @Override
    public void start(Listener2 newListener) {
      listener = newListener;
      refresh();
    }

    @Override
    public void refresh() {
      if (lookingUp || over) {
        return;
      }
      lookingUp = true;
      try {
        lookUps.execute(() -> {
          StatusOr<List<EquivalentAddressGroup>> found = lookUp();
          context.execute(() -> tell(found));
        });
      } catch (RejectedExecutionException e) {
        tell(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("too many look-ups wait")));
      }
    }

    private StatusOr<List<EquivalentAddressGroup>> lookUp() {
      int colon = address.lastIndexOf(':');
      try {
        int port = Integer.parseInt(address.substring(colon + 1));
        List<EquivalentAddressGroup> found = new ArrayList<>();
        for (InetAddress each : InetAddress.getAllByName(address.substring(0, colon))) {
          found.add(new EquivalentAddressGroup(new InetSocketAddress(each, port)));
        }
        return StatusOr.fromValue(found);
      } catch (UnknownHostException e) {
        return StatusOr.fromStatus(
            Status.UNAVAILABLE
                .withDescription("Unable to resolve host of " + address)
                .withCause(e));
      }
    }

    private void tell(StatusOr<List<EquivalentAddressGroup>> found) {
      lookingUp = false;
      Listener2 told = listener;
      if (told == null || over) {
        return;
      }
      if (found.hasValue()) {
        told.onResult(ResolutionResult.newBuilder().setAddressesOrError(found).build());
      } else {
        told.onError(found.getStatus());
      }
    }

    @Override
    public void shutdown() {
      over = true;
    }
  }
}
