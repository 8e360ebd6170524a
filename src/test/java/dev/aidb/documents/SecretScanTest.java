package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretScanTest {
  private static final String LETTERS = "q7Rk2Vb9Zx4Lm8Tn3Wp6Ys1Hd5Gf0Jc";
  private static final String BODY = LETTERS + "aEuIoQ" + LETTERS + "Xv";

  private static String pem(String kind, String separator) {
    return "-----BEGIN "
        + kind
        + "-----"
        + separator
        + BODY.substring(0, 64)
        + separator
        + BODY
        + separator
        + "-----END "
        + kind
        + "-----";
  }

  @Test
  void findsPrivateKeys() {
    for (String kind :
        List.of(
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK")) {
      assertThat(SecretScan.find("see\n" + pem(kind, "\n") + "\nend")).contains("private key");
    }
    assertThat(SecretScan.find("{\"private_key\": \"" + pem("PRIVATE KEY", "\\n") + "\\n\"}"))
        .contains("private key");
  }

  @Test
  void findsCredentials() {
    String random = BODY.substring(0, 40);
    assertThat(SecretScan.find("token: ghp" + "_" + random)).contains("GitHub token");
    assertThat(SecretScan.find("github" + "_pat_" + BODY)).contains("GitHub token");
    assertThat(SecretScan.find("xox" + "b-123456789012-1234567890123-" + LETTERS))
        .contains("Slack token");
    assertThat(SecretScan.find("sk" + "_live_" + LETTERS)).contains("Stripe key");
    assertThat(SecretScan.find("AccountName=a;Account" + "Key=" + LETTERS + BODY + "==;"))
        .contains("Azure storage key");
    assertThat(SecretScan.find("sk" + "-ant-api03-" + BODY)).contains("Anthropic key");
    assertThat(SecretScan.find("sk" + "-proj-" + BODY)).contains("OpenAI key");
    assertThat(SecretScan.find("sk" + "-" + BODY.substring(0, 48))).contains("OpenAI key");
    String own = "4f7kz9qm2v8r1tcx_" + "8d3hwp6jn5s0yb7g4f2kz9qm1v8r3tcx6d5hwp0jn7s2yb4gz1q9";
    assertThat(SecretScan.find("key: ai" + "db_" + own)).contains("AIDB key");
    assertThat(SecretScan.find("AI" + "za" + BODY.substring(0, 35))).contains("Google API key");
    String aws = "AK" + "IA" + "Q7RK2VB9ZX4LM8TN";
    assertThat(SecretScan.find("id = " + aws + "\nkey = " + random)).contains("AWS secret key");
    assertThat(SecretScan.find("aws_secret" + "_access_key = " + random))
        .contains("AWS secret key");
  }

  @Test
  void passesPlaceholdersAndMentions() {
    for (String text :
        List.of(
            "",
            "AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "A file that starts with -----BEGIN PRIVATE KEY----- holds a key.",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\n<your-key>\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\n" + BODY + "\n" + BODY + "\n-----END CERTIFICATE-----",
            "ghp_" + "x".repeat(36),
            "ghp_" + "xxxxxxxx",
            "sk-" + "x".repeat(48),
            "sk-YOUR-KEY",
            "task-" + BODY,
            "AccountKey=<your-key>",
            "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "An id alone: " + "AK" + "IA" + "Q7RK2VB9ZX4LM8TN")) {
      assertThat(SecretScan.find(text)).as(text).isEmpty();
    }
  }

  @Test
  void hostileTextIsScannedToTheEnd() {
    for (String unit :
        List.of(
            "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "AIzaAIza", "AKIA", "sk-sk-", "a", "=")) {
      assertThat(SecretScan.find(unit.repeat(1_000_000 / unit.length()))).isEmpty();
    }
  }
}
