package dev.aidb.limits;

import dev.aidb.guard.RequestHead;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Finds the address that a request came from. Where the peer is a trusted proxy, it is what the
 * proxies wrote into {@code X-Forwarded-For}: read from the right, for that end is theirs, up to
 * the first address that isn't a trusted proxy's. What stands further left the client may have made
 * up, so it isn't even looked at. When a proxy wrote something else than an address, the peer
 * counts.
 */
final class ClientAddresses {
  private static final String FORWARDED_FOR = "x-forwarded-for";

  private final List<Network> trusted;

  ClientAddresses(List<Network> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  Client of(RequestHead head) {
    Optional<InetAddress> peer = Addresses.parse(head.remoteAddress());
    if (peer.isEmpty()) {
      return Client.address(head.remoteAddress());
    }
    InetAddress found = isTrusted(peer.get()) ? forwarded(head, peer.get()) : peer.get();
    return Client.address(Addresses.client(found));
  }

  private InetAddress forwarded(RequestHead head, InetAddress peer) {
    List<String> lines = head.headers(FORWARDED_FOR); // several lines are one list
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
