package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Secrets are put together here, so that nothing in the repository looks like one. */
class SecretCorpusTest {
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String DIGITS = "0123456789";
  private static final String HEX = DIGITS + "abcdef";
  private static final String ANY = LOWER + UPPER + DIGITS;
  private static final String URL = ANY + "-_";
  private static final String BASE64 = ANY + "+/";

  private static final List<String> FRAMES =
      List.of("%s", "export TOKEN=\"%s\" # for the nightly job", "It failed with key: `%s`.");

  /** Beginnings in two parts, and what follows. */
  private static final List<Map.Entry<String, String>> SHAPES =
      List.of(
          Map.entry("gh|p_", "a36"),
          Map.entry("gh|o_", "a36"),
          Map.entry("gh|s_", "a36"),
          Map.entry("github|_pat_", "a22_a59"),
          Map.entry("gl|pat-", "u20"),
          Map.entry("gl|rt-", "u20"),
          Map.entry("xox|b-", "d12-d13-a24"),
          Map.entry("xox|p-", "d12-d12-d12-h32"),
          Map.entry("xa|pp-1-", "A11-d13-h64"),
          Map.entry("sk|_live_", "a24"),
          Map.entry("rk|_live_", "a24"),
          Map.entry("wh|sec_", "a32"),
          Map.entry("Account|Key=", "b86=="),
          Map.entry("SharedAccess|Key=", "b43="),
          Map.entry("sk|-ant-api03-", "u95"),
          Map.entry("sk|-proj-", "u64"),
          Map.entry("sk|-", "a48"),
          Map.entry("sk|-or-v1-", "h64"),
          Map.entry("gs|k_", "a52"),
          Map.entry("h|f_", "a34"),
          Map.entry("AI|za", "u35"),
          Map.entry("GOC|SPX-", "u28"),
          Map.entry("ya|29.", "u120"),
          Map.entry("np|m_", "a36"),
          Map.entry("py|pi-AgE", "u150"),
          Map.entry("ruby|gems_", "h48"),
          Map.entry("dckr|_pat_", "u27"),
          Map.entry("S|G.", "u22.u43"),
          Map.entry("dop|_v1_", "h64"),
          Map.entry("shp|at_", "h32"),
          Map.entry("da|pi", "h32"),
          Map.entry("hv|s.", "u90"),
          Map.entry("gl|sa_", "a32_h8"),
          Map.entry("sb|p_", "h40"),
          Map.entry("AGE-SECRET|-KEY-1", "A58"),
          Map.entry("https://hooks.slack.com/ser|vices/", "T8/B8/a24"),
          Map.entry("https://discord.com/api/web|hooks/", "d18/u68"),
          Map.entry("61|84", "d6:AAu33"),
          Map.entry("aws_secret|_access_key = ", "b40"),
          Map.entry("AWS_SECRET|_ACCESS_KEY=", "b40"),
          Map.entry("post|gres://app:", "a20@db.internal.net/app"),
          Map.entry("postgres|ql://app:", "a16@10.0.0.7:5432/app"),
          Map.entry("my|sql://root:", "a18@db:3306/shop"),
          Map.entry("mongo|db+srv://svc:", "a16@cluster0.abcde.mongodb.net/x"),
          Map.entry("redis|s://default:", "a32@cache.internal:6380"),
          Map.entry("am|qps://worker:", "a24@mq.internal/vhost"),
          Map.entry("-----BEGIN PRIVATE| KEY-----", "\nb64\nb64\n-----END"),
          Map.entry("-----BEGIN OPENSSH PRIVATE| KEY-----", "\nb70\nb70\n-----END"),
          Map.entry("-----BEGIN PGP PRIVATE KEY| BLOCK-----", "\n\nb64\nb64\n-----END"),
          Map.entry("PuTTY-User-Key-|File-3: x\nPrivate-Lines: 2", "\nb64\nb64\nPrivate-MAC"));

  /** A shape's letters are alphabets when a count follows, else themselves. */
  private static String drawn(String shape, Random random) {
    StringBuilder drawn = new StringBuilder();
    int at = 0;
    while (at < shape.length()) {
      int end = at + 1;
      while (end < shape.length() && Character.isDigit(shape.charAt(end))) {
        end++;
      }
      String alphabet =
          switch (shape.charAt(at)) {
            case 'a' -> ANY;
            case 'A' -> UPPER + DIGITS;
            case 'b' -> BASE64;
            case 'd' -> DIGITS;
            case 'h' -> HEX;
            case 'u' -> URL;
            case 'T', 'B' -> UPPER + DIGITS;
            default -> "";
          };
      if (alphabet.isEmpty() || end == at + 1) {
        drawn.append(shape, at, end);
      } else {
        int count = Integer.parseInt(shape.substring(at + 1, end));
        for (int i = 0; i < count; i++) {
          drawn.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
      }
      at = end;
    }
    return drawn.toString();
  }

  private static List<String> secrets() {
    Random random = new Random(99);
    List<String> secrets = new ArrayList<>();
    for (Map.Entry<String, String> shape : SHAPES) {
      for (String frame : FRAMES) {
        String secret = shape.getKey().replace("|", "") + drawn(shape.getValue(), random);
        secrets.add(frame.formatted(secret));
      }
    }
    return secrets;
  }

  @Test
  void findsSecretsOfManyKinds() {
    List<String> missed =
        secrets().stream().filter(text -> SecretScan.find(text).isEmpty()).toList();

    System.out.printf("secrets: %d of %d missed%n", missed.size(), secrets().size());
    assertThat(secrets()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(missed).isEmpty();
  }

  @Test
  void passesWhatOnlyLooksLikeOne() throws IOException {
    List<String> harmless =
        Files.readAllLines(Path.of("src/test/resources/secrets/harmless.txt")).stream()
            .map(line -> line.replace("\\n", "\n"))
            .toList();

    assertThat(harmless).hasSizeGreaterThanOrEqualTo(100);
    assertThat(harmless).allSatisfy(text -> assertThat(SecretScan.find(text)).isEmpty());
  }
}
