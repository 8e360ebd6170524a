package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
  /** The key 00 01 … 0f of the authors' test vectors. */
  private static final SipHash KNOWN = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  @ParameterizedTest
  @CsvSource({
    "0, a3817f04ba25a8e66df67214c7550293",
    "1, da87c1d86b99af44347659119b22fc45",
  })
  void answersAsItsAuthorsSay(int length, String hash) {
    byte[] input = new byte[length];
    for (int i = 0; i < length; i++) {
      input[i] = (byte) i;
    }
    assertThat(bytes(KNOWN.hash(input))).isEqualTo(hash);
  }

  private static String bytes(ClientHash hash) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(bytes.putLong(hash.high()).putLong(hash.low()).array());
  }

  @Test
  void everyKeyHashesAnew() {
    byte[] input = "address:192.0.2.1".getBytes();
    assertThat(SipHash.secret().hash(input)).isNotEqualTo(SipHash.secret().hash(input));
  }
}
