package dev.aidb.documents;

import java.util.List;
import java.util.Optional;

/**
 * Finds private keys, credentials of services, and passwords in addresses of databases in a text.
 * It is made to be right when it speaks: the placeholders of documentation, and markers that are
 * only mentioned, pass; and signed tokens such as JWTs, since documentation is full of samples of
 * them and real ones expire. Takes time linear in the text's length. Thread-safe.
 */
public final class SecretScan {
  private static final int RUN_MAX = 256;
  private static final int NEAR_CHARACTERS = 400;

  private enum Alphabet {
    ALPHANUMERIC,
    WORD,
    DASHED,
    DOTTED,
    PATH,
    BASE64;

    boolean has(char c) {
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      return alphanumeric
          || switch (this) {
            case ALPHANUMERIC -> false;
            case WORD -> c == '_';
            case DASHED -> c == '_' || c == '-';
            case DOTTED -> c == '_' || c == '-' || c == '.';
            case PATH -> c == '_' || c == '-' || c == '/';
            case BASE64 -> c == '+' || c == '/' || c == '=';
          };
    }
  }

  private record Credential(String prefix, Alphabet alphabet, int bodyMin, String kind) {}

  private static final List<Credential> CREDENTIALS =
      List.of(
          new Credential("ghp_", Alphabet.WORD, 36, "GitHub token"),
          new Credential("gho_", Alphabet.WORD, 36, "GitHub token"),
          new Credential("ghu_", Alphabet.WORD, 36, "GitHub token"),
          new Credential("ghs_", Alphabet.WORD, 36, "GitHub token"),
          new Credential("ghr_", Alphabet.WORD, 36, "GitHub token"),
          new Credential("github_pat_", Alphabet.WORD, 60, "GitHub token"),
          new Credential("glpat-", Alphabet.DASHED, 20, "GitLab token"),
          new Credential("xoxb-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("xoxp-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("xoxa-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("xoxr-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("xoxs-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("sk_live_", Alphabet.WORD, 24, "Stripe key"),
          new Credential("rk_live_", Alphabet.WORD, 24, "Stripe key"),
          new Credential("AccountKey=", Alphabet.BASE64, 86, "Azure storage key"),
          new Credential("sk-ant-", Alphabet.DASHED, 40, "Anthropic key"),
          new Credential("sk-proj-", Alphabet.DASHED, 40, "OpenAI key"),
          new Credential("sk-", Alphabet.WORD, 48, "OpenAI key"),
          new Credential("npm_", Alphabet.ALPHANUMERIC, 36, "npm token"),
          new Credential("pypi-AgE", Alphabet.DASHED, 60, "PyPI token"),
          new Credential("rubygems_", Alphabet.ALPHANUMERIC, 48, "RubyGems key"),
          new Credential("dckr_pat_", Alphabet.DASHED, 27, "Docker token"),
          new Credential("hf_", Alphabet.ALPHANUMERIC, 34, "Hugging Face token"),
          new Credential("gsk_", Alphabet.ALPHANUMERIC, 48, "Groq key"),
          new Credential("sk-or-v1-", Alphabet.ALPHANUMERIC, 64, "OpenRouter key"),
          new Credential("gldt-", Alphabet.DASHED, 20, "GitLab token"),
          new Credential("glrt-", Alphabet.DASHED, 20, "GitLab token"),
          new Credential("xapp-", Alphabet.DASHED, 30, "Slack token"),
          new Credential("whsec_", Alphabet.ALPHANUMERIC, 32, "Stripe key"),
          new Credential("SharedAccessKey=", Alphabet.BASE64, 43, "Azure access key"),
          new Credential("GOCSPX-", Alphabet.DASHED, 28, "Google client secret"),
          new Credential("ya29.", Alphabet.DASHED, 60, "Google access token"),
          new Credential("SG.", Alphabet.DOTTED, 60, "SendGrid key"),
          new Credential("dop_v1_", Alphabet.ALPHANUMERIC, 64, "DigitalOcean token"),
          new Credential("shpat_", Alphabet.ALPHANUMERIC, 32, "Shopify token"),
          new Credential("dapi", Alphabet.ALPHANUMERIC, 32, "Databricks token"),
          new Credential("hvs.", Alphabet.DASHED, 24, "Vault token"),
          new Credential("glsa_", Alphabet.WORD, 32, "Grafana token"),
          new Credential("sbp_", Alphabet.ALPHANUMERIC, 40, "Supabase token"),
          new Credential("AGE-SECRET-KEY-1", Alphabet.ALPHANUMERIC, 58, "age key"),
          new Credential("https://hooks.slack.com/services/", Alphabet.BASE64, 40, "Slack webhook"),
          new Credential("https://discord.com/api/webhooks/", Alphabet.PATH, 60, "Discord webhook"),
          new Credential("AIza", Alphabet.DASHED, 35, "Google API key"),
          new Credential("aidb_", Alphabet.WORD, 69, "AIDB key"));

  private SecretScan() {}

  /** The kind of the first secret found, such as {@code GitHub token}; never the secret itself. */
  public static Optional<String> find(String text) {
    if (hasPrivateKey(text) || hasPuttyKey(text)) {
      return Optional.of("private key");
    }
    for (Credential credential : CREDENTIALS) {
      if (has(text, credential)) {
        return Optional.of(credential.kind());
      }
    }
    if (hasAwsSecret(text)) {
      return Optional.of("AWS secret key");
    }
    if (hasBotToken(text)) {
      return Optional.of("Telegram token");
    }
    return AddressPasswords.areIn(text) ? Optional.of("password in an address") : Optional.empty();
  }

  private static boolean has(String text, Credential credential) {
    String prefix = credential.prefix();
    for (int at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
      boolean starts = at == 0 || !Alphabet.DASHED.has(text.charAt(at - 1));
      String body = starts ? run(text, at + prefix.length(), credential.alphabet()) : "";
      if (body.length() >= credential.bodyMin() && looksRandom(body)) {
        return true;
      }
    }
    return false;
  }

  private static String run(String text, int from, Alphabet alphabet) {
    int to = from;
    int stop = Math.min(text.length(), from + RUN_MAX);
    while (to < stop && alphabet.has(text.charAt(to))) {
      to++;
    }
    return text.substring(from, to);
  }

  /** Random characters hold a digit or two and repeat little; placeholders are words and x's. */
  static boolean looksRandom(String body) {
    String upper = body.toUpperCase(java.util.Locale.ROOT);
    if (upper.contains("EXAMPLE") || upper.contains("XXXX") || upper.contains("YOUR")) {
      return false;
    }
    boolean digit = body.chars().anyMatch(c -> c >= '0' && c <= '9');
    boolean letter = body.chars().anyMatch(Character::isLetter);
    boolean counts = upper.contains("0123456789") || upper.contains("ABCDEFGHIJ");
    return digit && letter && !counts && body.chars().distinct().count() >= 12;
  }

  /**
   * A PEM or PGP block with a body of base64, its lines apart or joined by {@code \n} as in JSON.
   */
  private static boolean hasPrivateKey(String text) {
    String begin = "-----BEGIN ";
    for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
      int close = text.indexOf("-----", at + begin.length());
      if (close < 0) {
        return false;
      }
      boolean key = close - at < 64 && text.substring(at, close).contains("PRIVATE KEY");
      int next = text.indexOf("-----", close + 5);
      int stop = Math.min(next < 0 ? text.length() : next, close + 5 + 4_096);
      if (key && keyCharacters(text.substring(close + 5, stop)) >= 60) {
        return true;
      }
    }
    return false;
  }

  /** What PuTTY writes: its public lines first, then the private ones. */
  private static boolean hasPuttyKey(String text) {
    int header = text.indexOf("PuTTY-User-Key-File-");
    int lines = header < 0 ? -1 : text.indexOf("Private-Lines:", header);
    return lines >= 0
        && keyCharacters(text.substring(lines, Math.min(text.length(), lines + 4_096))) >= 60;
  }

  private static int keyCharacters(String body) {
    int count = 0;
    StringBuilder all = new StringBuilder();
    for (String line : body.replace("\\n", "\n").replace("\\r", "").split("\n", -1)) {
      String bare = line.strip();
      if (bare.length() >= 16 && bare.chars().allMatch(c -> Alphabet.BASE64.has((char) c))) {
        count += bare.length();
        all.append(bare);
      }
    }
    return all.chars().distinct().count() >= 16 && !all.toString().contains("xxxxxxxx") ? count : 0;
  }

  /**
   * Forty characters of base64 that are called an AWS secret key, or stand near an access key's id.
   */
  private static boolean hasAwsSecret(String text) {
    for (String mark :
        List.of(
            "AKIA", "ASIA", "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey")) {
      for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
        boolean id = mark.length() == 4;
        if (id && !isAccessKeyId(text, at)) {
          continue;
        }
        int from = Math.max(0, id ? at - NEAR_CHARACTERS : at + mark.length());
        int to = Math.min(text.length(), at + mark.length() + (id ? NEAR_CHARACTERS : 60));
        if (hasFortyCharacters(text.substring(from, to))) {
          return true;
        }
      }
    }
    return false;
  }

  /** A number, a colon, and thirty-five characters that begin with AA. */
  private static boolean hasBotToken(String text) {
    for (int at = text.indexOf(":AA"); at >= 0; at = text.indexOf(":AA", at + 1)) {
      int digits = 0;
      while (digits < 11 && at > digits && Character.isDigit(text.charAt(at - digits - 1))) {
        digits++;
      }
      String body = run(text, at + 1, Alphabet.DASHED);
      if (digits >= 8 && digits <= 10 && body.length() == 35 && looksRandom(body)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAccessKeyId(String text, int at) {
    String body = run(text, at + 4, Alphabet.WORD);
    boolean starts = at == 0 || !Alphabet.WORD.has(text.charAt(at - 1));
    return starts
        && body.length() == 16
        && !body.endsWith("EXAMPLE")
        && body.equals(body.toUpperCase(java.util.Locale.ROOT));
  }

  private static boolean hasFortyCharacters(String window) {
    int at = 0;
    while (at < window.length()) {
      String body = run(window, at, Alphabet.BASE64).replaceAll("^=+|=+$", "");
      boolean mixed =
          body.chars().anyMatch(Character::isLowerCase)
              && body.chars().anyMatch(Character::isUpperCase);
      if (body.length() == 40 && mixed && looksRandom(body)) {
        return true;
      }
      at += Math.max(1, run(window, at, Alphabet.BASE64).length());
    }
    return false;
  }
}
