package dev.spanthrift.exporter.transport;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Resolves host names that grpc-java's own resolver refuses because RFC 2396 does, such as {@code
 * my_stack_collector}; Docker's DNS knows them.
 */
final class AnyHostNames extends NameResolverProvider {
  private static final String SCHEME = "any-host";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new AnyHostNames());
  }

  /** A target for a channel. */
  static String target(String host, int port) {
    return SCHEME + ":///" + host + ":" + port;
  }

  /** Whether grpc-java's own resolver would refuse it. */
  static boolean isNeeded(String host) {
    return !host.contains(":") && URI.create("//" + host).getHost() == null;
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return SCHEME.equals(target.getScheme()) ? new Resolver(target.getPath().substring(1)) : null;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  /** Asks the system once for each refresh, in a thread of its own, because that may block. */
  private static final class Resolver extends NameResolver {
    private final String authority;
    private final AtomicBoolean asking = new AtomicBoolean();
    private @Nullable Listener2 listener;

    Resolver(String authority) {
      this.authority = authority;
    }

    @Override
    public String getServiceAuthority() {
      return authority;
    }

    @Override
    public void start(Listener2 told) {
      listener = told;
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 told = listener;
      if (told != null && asking.compareAndSet(false, true)) {
        Thread.ofVirtual().start(() -> resolve(told));
      }
    }

    private void resolve(Listener2 told) {
      int colon = authority.lastIndexOf(':');
      int port = Integer.parseInt(authority.substring(colon + 1));
      StatusOr<List<EquivalentAddressGroup>> found;
      try {
        found =
            StatusOr.fromValue(
                Arrays.stream(InetAddress.getAllByName(authority.substring(0, colon)))
                    .map(a -> new EquivalentAddressGroup(new InetSocketAddress(a, port)))
                    .toList());
      } catch (UnknownHostException e) {
        found =
            StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("unknown host").withCause(e));
      }
      asking.set(false);
      told.onResult(ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }

    @Override
    public void shutdown() {
      listener = null;
    }
  }
}
