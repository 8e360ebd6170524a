package dev.aidb.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {
  private static final String ID = "0123456789abcdef";
  private static final String SECRET = "ghjkmnpqrstvwxyz0123456789abcdefghjkmnpqrstvwxyz0123";

  @RepeatedTest(20)
  void aNewKeyHasTheFormThatScannersLookFor() {
    KeyText key = KeyText.random(new SecureRandom());
    assertThat(key.reveal()).matches("aidb_[0-9a-hjkmnp-tv-z]{16}_[0-9a-hjkmnp-tv-z]{52}");
    assertThat(KeyText.parse(key.reveal())).contains(key);
    assertThat(key.reveal()).contains(key.id());
  }

  @Test
  void anotherSecretLeavesTheIdAsItIs() {
    KeyText key = KeyText.random(new SecureRandom());
    KeyText rotated = KeyText.withId(key.id(), new SecureRandom());
    assertThat(rotated.id()).isEqualTo(key.id());
    assertThat(rotated).isNotEqualTo(key);
  }

  @Test
  void itDoesNotShowItsSecret() {
    KeyText key = KeyText.parse("aidb_" + ID + "_" + SECRET).orElseThrow();
    assertThat(key).hasToString("aidb_" + ID + "_****");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "aidb_",
        "aidb_" + ID + "_",
        "aidb_" + ID + "_" + SECRET + "0",
        "AIDB_" + ID + "_" + SECRET,
        "aidb_" + ID + "-" + SECRET,
        "aidb_0123456789abcdel_" + SECRET,
        "aidb_0123456789abcde\u0661_" + SECRET,
        "aidb_" + ID + "_ghjkmnpqrstvwxyz0123456789abcdefghjkmnpqrstvwxyz012_",
        " aidb_" + ID + "_" + SECRET
      })
  void whatHasAnotherFormIsNoKey(String text) {
    assertThat(KeyText.parse(text)).isEmpty();
  }

  /** The value is what openssl dgst -sha256 -hmac says. */
  @Test
  void aHashIsTheHmacOfTheWholeText() {
    byte[] hash =
        new Pepper("0123456789abcdef0123456789abcdef").hash("what do ya want for nothing?");
    assertThat(HexFormat.of().formatHex(hash))
        .isEqualTo("137e6557c3c13a1ca5dc7e52a389a0f86be8cb4db4ae61c62396058b00acacd0");
  }

  @Test
  void aShortPepperIsRefused() {
    assertThatThrownBy(() -> new Pepper("a".repeat(31)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
