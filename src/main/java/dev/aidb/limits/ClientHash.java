package dev.aidb.limits;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A client's name in 128 bits. Two clients share a budget only if these collide: among two million
 * clients with a chance of about 10<sup>-26</sup>.
 *
 * <p>Within the process they come from {@link SipHash} under a secret key, so that nobody can seek
 * names that collide, or that crowd one part of a table. Replicas must agree on them: there they
 * are the first half of SHA-256, of which a collision takes some 2<sup>64</sup> trials, with names
 * that the seeker doesn't choose (keys' ids) or must own (addresses).
 */
record ClientHash(long high, long low) {
  static ClientHash within(SipHash process, Client client) {
    return process.hash(client.name().getBytes(StandardCharsets.UTF_8));
  }

  static ClientHash across(byte[] prefix, Client client) {
    MessageDigest sha256 = sha256();
    sha256.update(prefix);
    ByteBuffer hash =
        ByteBuffer.wrap(sha256.digest(client.name().getBytes(StandardCharsets.UTF_8)));
    return new ClientHash(hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  String hex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
