package dev.aidb.limits;

/**
 * Whom a budget belongs to.
 *
 * @param name unique among all clients: a key's id, or an address or network
 * @param known whether an administrator made it; there are only so many of these, while anybody may
 *     come from any number of addresses
 */
record Client(String name, boolean known) {
  /** The bearer of a key. */
  static Client key(String id) {
    return new Client(id, true);
  }

  /** Whoever asks from an address without a key. */
  static Client address(String canonical) {
    return new Client("address:" + canonical, false);
  }
}
