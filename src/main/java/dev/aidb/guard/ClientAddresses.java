package dev.aidb.guard;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the address that a request came from. Where the peer is a trusted proxy, it is what the
 * proxies wrote into {@code X-Forwarded-For}: read from the right, for that end is theirs, up to
 * the first address that isn't a trusted proxy's. What stands further left the client may have made
 * up, so it isn't even looked at. When a proxy wrote something else than an address, the peer
 * counts. With no trusted proxies it is always the peer.
 */
public final class ClientAddresses {
  /** The header that proxies write, in lower case. */
  public static final String FORWARDED_FOR = "x-forwarded-for";

  private final List<Network> trusted;

  /**
   * @param trusted the proxies that are believed
   */
  public ClientAddresses(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /**
   * The address of a request's client.
   *
   * @param peer who is connected
   * @param lines the values of {@value #FORWARDED_FOR}, asked for only where they count; several
   *     lines are one list
   */
  public String of(String peer, Supplier<List<String>> lines) {
    if (trusted.isEmpty()) {
      return peer;
    }
    return Addresses.parse(peer)
        .filter(this::isTrusted)
        .map(proxy -> forwarded(lines.get(), proxy).getHostAddress())
        .orElse(peer);
  }

  private InetAddress forwarded(List<String> lines, InetAddress peer) {
    InetAddress farthest = peer;
    for (int line = lines.size() - 1; line >= 0; line--) {
      String rest = lines.get(line);
      int end = rest.length();
      while (end >= 0) {
        int comma = rest.lastIndexOf(',', end - 1);
        Optional<InetAddress> element = Addresses.forwarded(rest.substring(comma + 1, end));
        if (element.isEmpty()) {
          return peer;
        }
        farthest = element.get();
        if (!isTrusted(farthest)) {
          return farthest;
        }
        end = comma;
      }
    }
    return farthest;
  }

  private boolean isTrusted(InetAddress address) {
    for (Network network : trusted) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
