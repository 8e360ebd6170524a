package dev.aidb.guard;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Tells requests that were meant for this server from those that a foreign web page had a browser
 * send.
 */
final class Premises {
  private static final int HTTP_PORT = 80;

  private final Optional<Set<String>> hosts;
  private final Set<String> allowedOrigins;

  private Premises(Optional<Set<String>> hosts, Set<String> allowedOrigins) {
    this.hosts = hosts;
    this.allowedOrigins = Set.copyOf(allowedOrigins);
  }

  /**
   * Of a server that its own machine reaches by a few names; a {@code Host} other than these is
   * what DNS rebinding looks like.
   */
  static Premises local(String boundHost, Set<String> allowedOrigins) {
    Set<String> names = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    String bound = boundHost.toLowerCase(Locale.ROOT);
    names.add(bound.contains(":") && !bound.startsWith("[") ? "[" + bound + "]" : bound);
    return new Premises(Optional.of(Set.copyOf(names)), allowedOrigins);
  }

  /**
   * Of a server that may be reached by any name, behind proxies or not. Rebinding gains nothing
   * there: what a page would need is a key, which a browser doesn't add by itself.
   */
  static Premises anyHost(Set<String> allowedOrigins) {
    return new Premises(Optional.empty(), allowedOrigins);
  }

  /** What speaks against the request, if anything. */
  Optional<Refusal.Reason> objection(RequestHead head) {
    String authority = head.header("host").orElse("");
    if (hosts.isPresent() && !isOwn(hosts.get(), authority, head.localPort())) {
      return Optional.of(Refusal.Reason.HOST);
    }
    return head.header("origin")
        .filter(origin -> !mayCall(origin, authority, head.localPort()))
        .map(origin -> Refusal.Reason.ORIGIN);
  }

  private boolean mayCall(String origin, String authority, int localPort) {
    if (allowedOrigins.contains(origin)) {
      return true;
    }
    if (hosts.isPresent()) {
      String scheme = "http://";
      return origin.regionMatches(true, 0, scheme, 0, scheme.length())
          && isOwn(hosts.get(), origin.substring(scheme.length()), localPort);
    }
    // A page that this server itself served, under whatever name and behind whatever TLS.
    return !authority.isEmpty()
        && (origin.equalsIgnoreCase("http://" + authority)
            || origin.equalsIgnoreCase("https://" + authority));
  }

  private static boolean isOwn(Set<String> hosts, String authority, int localPort) {
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    String port = hasPort ? authority.substring(colon + 1) : "";
    boolean portFits =
        port.isEmpty() ? localPort == HTTP_PORT : port.equals(Integer.toString(localPort));
    return portFits && (hosts.contains(host) || hosts.contains(host.toLowerCase(Locale.ROOT)));
  }
}
