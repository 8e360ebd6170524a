package dev.aidb.limits;

import dev.aidb.guard.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Whom a budget belongs to.
 *
 * @param name unique among all clients: a key's id, or an address or network
 * @param known whether an administrator made it; there are only so many of these, while anybody may
 *     come from any number of addresses
 */
record Client(String name, boolean known) {
  private static final int NETWORK_BYTES = 8;

  /** The bearer of a key. */
  static Client key(String id) {
    return new Client(id, true);
  }

  /**
   * Whoever asks from an address without a key. Of IPv6 the first 64 bits count, because a single
   * machine has that many addresses to choose from.
   */
  static Client address(String address) {
    return new Client(
        "address:" + Addresses.parse(address).map(Client::everybodyBehind).orElse(address), false);
  }

  private static String everybodyBehind(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    StringBuilder network = new StringBuilder();
    for (int i = 0; i < NETWORK_BYTES; i += 2) {
      int group = Byte.toUnsignedInt(bytes[i]) << 8 | Byte.toUnsignedInt(bytes[i + 1]);
      network.append(Integer.toHexString(group)).append(':');
    }
    return network.append(":/64").toString();
  }
}
