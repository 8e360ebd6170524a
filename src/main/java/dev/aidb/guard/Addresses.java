package dev.aidb.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as text. No name is ever looked up. */
public final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  /** Only what an IPv6 address consists of; the JDK then judges the whole. */
  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

  private Addresses() {}

  /**
   * An address; one of IPv4 written as IPv6 ({@code ::ffff:192.0.2.1}) is one of IPv4. A zone, as
   * in {@code fe80::1%eth0}, is left out.
   */
  public static Optional<InetAddress> parse(String text) {
    int percent = text.indexOf('%');
    String plain = percent < 0 ? text : text.substring(0, percent);
    boolean v6 = plain.indexOf(':') >= 0;
    if (!(v6 ? V6 : V4).matcher(plain).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(v6 ? InetAddress.ofLiteral(plain) : v4(plain));
    } catch (IllegalArgumentException | UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static InetAddress v4(String text) throws UnknownHostException {
    byte[] octets = new byte[4];
    int i = 0;
    for (String octet : text.split("\\.", -1)) {
      octets[i++] = (byte) Integer.parseInt(octet);
    }
    return InetAddress.getByAddress(octets);
  }

  /**
   * An element of {@code X-Forwarded-For}: an address, which some proxies write with a port or in
   * brackets.
   */
  static Optional<InetAddress> forwarded(String element) {
    String text = element.strip();
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? Optional.empty() : parse(text.substring(1, end));
    }
    int colon = text.indexOf(':');
    boolean hasPort = colon >= 0 && colon == text.lastIndexOf(':');
    return parse(hasPort ? text.substring(0, colon) : text);
  }
}
