package dev.aidb.issues;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets are planted in pieces, so that this file holds none. */
class SecretMaskTest {
  private static final String RANDOM = "q7Xw2Kd9Lm4Rt8Bv1Zc6Nf3Hj5Gy0PsAeUi8Qo2";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token ghp" + "_%s is refused",
        "key sk-" + "%s is refused",
        "password=%s is wrong",
        "PGPASSWORD='%s' psql failed",
        "{\"api_key\": \"%s\", \"user\": \"bob\"}",
        "Authorization: Bearer %s",
        "authorization=Basic %s",
        "jdbc:postgresql://aidb:%s@db.internal:5432/aidb refused",
        "client_secret: %s",
        "set-cookie: session_id=%s; path=/",
        "jwt eyJ" + "hbGciOiJIUzI1NiJ9.%s.%s is expired",
        "AWS_SECRET_ACCESS_KEY=%s",
        "aidb" + "_0j4k0j4k0j4k0j4k_%s%s isn't known",
      })
  void secretsAreMasked(String pattern) {
    String text = pattern.replace("%s", RANDOM);

    assertThat(SecretMask.over(text)).doesNotContain(RANDOM).contains(SecretMask.MASK);
  }

  @Test
  void privateKeysAreMasked() {
    String key = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + (RANDOM + "\n").repeat(10);

    assertThat(SecretMask.over("before " + key + "-----END RSA " + "PRIVATE KEY-----"))
        .doesNotContain(RANDOM)
        .startsWith("before");
    assertThat(SecretMask.over(key)).doesNotContain(RANDOM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password authentication failed for user \"aidb\"",
        "the token is expired",
        "connect to http://example.com:8080/path failed",
        "Unexpected token < in JSON at position 0",
        "KeyError: 'user_id'",
      })
  void whatIsNoSecretStays(String text) {
    assertThat(SecretMask.over(text)).isEqualTo(text);
  }

  @Test
  void aContextIsMaskedByNamesAndByLook() {
    Map<String, Object> masked =
        SecretMask.over(
            Map.of(
                "db_password", "hunter2",
                "nested", Map.of("list", List.of("ok", "ghp" + "_" + RANDOM), "n", 5),
                "host", "db-1"));

    assertThat(masked)
        .containsEntry("db_password", SecretMask.MASK)
        .containsEntry("host", "db-1")
        .containsEntry("nested", Map.of("list", List.of("ok", SecretMask.MASK), "n", 5));
  }

  @Property(tries = 1_000)
  void takesAnyText(@ForAll String text) {
    assertThat(SecretMask.over(text)).isNotNull();
  }

  @Test
  void takesLongTextsOfAwkwardPieces() {
    Random random = new Random(7);
    List<String> pieces =
        List.of("password", "=", "://", ":", "a", "\"", "-----BEGIN ", "eyJ", ".");
    StringBuilder text = new StringBuilder();
    while (text.length() < Sighting.STACK_MAX) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    assertThat(SecretMask.over(text.toString())).isNotEmpty();
    for (String piece : pieces) {
      assertThat(SecretMask.over(piece.repeat(Sighting.STACK_MAX / piece.length()))).isNotEmpty();
    }
  }
}
