package dev.aidb.guard;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The door of a server that only its own machine can reach. Who presents no key is {@code local}
 * and may do everything; since no keys exist, every presented one is wrong (401).
 *
 * <p>Web pages are kept out, for a browser runs on the same machine: a {@code Host} that isn't this
 * server's is refused (DNS rebinding), and so is an {@code Origin} other than this server's or the
 * allowed ones (cross-site requests).
 */
public final class LocalDoor implements Door {
  private static final Caller LOCAL =
      new Caller("local", Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN), Optional.empty());
  private static final Caller ANYONE = new Caller("anonymous", Set.of(), Optional.empty());
  private static final int HTTP_PORT = 80;

  private final Set<String> hosts;
  private final Set<String> allowedOrigins;

  /**
   * @param boundHost the host name or address that the server was told to listen on
   * @param allowedOrigins further origins whose pages may call, such as {@code
   *     http://localhost:5173}
   */
  public LocalDoor(String boundHost, Set<String> allowedOrigins) {
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    String bound = boundHost.toLowerCase(Locale.ROOT);
    names.add(bound.contains(":") && !bound.startsWith("[") ? "[" + bound + "]" : bound);
    this.hosts = Set.copyOf(names);
    this.allowedOrigins = Set.copyOf(allowedOrigins);
  }

  @Override
  public Caller admit(RequestHead head, Scope needed) {
    String authority = head.header("host").orElse("");
    if (!isOwn(authority, head.localPort())) {
      throw new AidbException(
          ErrorCode.FORBIDDEN, "The Host header doesn't name this server; use its local address");
    }
    Optional<String> origin = head.header("origin");
    if (origin.isPresent() && !mayCall(origin.get(), head.localPort())) {
      throw new AidbException(ErrorCode.FORBIDDEN, "Pages of this origin may not call the server");
    }
    if (needed == Scope.PUBLIC) {
      return ANYONE;
    }
    if (head.header("authorization").isPresent() || head.header("x-api-key").isPresent()) {
      throw new AidbException(
          ErrorCode.UNAUTHORIZED,
          "The key is not known to this server; in local mode call it without one");
    }
    return LOCAL;
  }

  private boolean mayCall(String origin, int localPort) {
    if (allowedOrigins.contains(origin)) {
      return true;
    }
    String scheme = "http://";
    return origin.regionMatches(true, 0, scheme, 0, scheme.length())
        && isOwn(origin.substring(scheme.length()), localPort);
  }

  private boolean isOwn(String authority, int localPort) {
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    String port = hasPort ? authority.substring(colon + 1) : "";
    boolean portFits =
        port.isEmpty() ? localPort == HTTP_PORT : port.equals(Integer.toString(localPort));
    return portFits && (hosts.contains(host) || hosts.contains(host.toLowerCase(Locale.ROOT)));
  }
}
