package dev.aidb.guard;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A range of addresses, as {@code 10.0.0.0/8} or {@code fd00::/8}; a single address is a range of
 * one.
 */
public final class Network {
  private final byte[] address;
  private final int bits;

  private Network(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /**
   * @throws IllegalArgumentException when the text isn't an address or a network
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        Addresses.parse(slash < 0 ? text : text.substring(0, slash))
            .map(InetAddress::getAddress)
            .orElseThrow(() -> new IllegalArgumentException("not an address"));
    int most = address.length * Byte.SIZE;
    int bits = slash < 0 ? most : bits(text.substring(slash + 1), most);
    return new Network(address, bits);
  }

  private static int bits(String text, int most) {
    if (!text.matches("\\d{1,3}") || Integer.parseInt(text) > most) {
      throw new IllegalArgumentException("a network has 0 to " + most + " bits");
    }
    return Integer.parseInt(text);
  }

  boolean contains(InetAddress other) {
    byte[] bytes = other.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    int rest = bits % Byte.SIZE;
    if (!Arrays.equals(bytes, 0, whole, address, 0, whole)) {
      return false;
    }
    int mask = (0xFF00 >>> rest) & 0xFF;
    return rest == 0 || (bytes[whole] & mask) == (address[whole] & mask);
  }
}
