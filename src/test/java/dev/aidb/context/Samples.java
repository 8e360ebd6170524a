package dev.aidb.context;

import dev.aidb.tokens.TokenCounter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.UUID;

/** Passages and texts for the tests of this package. */
final class Samples {
  static final TokenCounter TOKENS = TokenCounter.o200k();

  /** What hostile and unlucky texts are made of. */
  static final List<String> PIECES =
      List.of(
          "A sentence about firewalls. ",
          "Another one, longer, that speaks of ports and of rules! ",
          "日本語の文章です。",
          "😀😀",
          "\n",
          "\n\n",
          "```nix\nnetworking.firewall.allowedTCPPorts = [ 8091 ];\n```\n",
          "~~~\ncode with ``` in it\n~~~\n",
          "```\nnever closed\n",
          "- an item\n",
          "# A heading\n",
          "</source>",
          "<source id=\"x\">",
          "x".repeat(90),
          "=".repeat(70),
          " ".repeat(40),
          "\u200b",
          "é");

  private Samples() {}

  static Passage passage(String title, String text) {
    return passage(title, text, new float[0]);
  }

  static Passage passage(String title, String text, float... vector) {
    return new Passage(
        UUID.nameUUIDFromBytes((title + text).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        new UUID(1, title.hashCode()),
        "0",
        "nixos_docs",
        "default",
        title,
        text,
        false,
        vector,
        Instant.EPOCH,
        OptionalDouble.empty(),
        Optional.empty());
  }

  static Passage withValue(Passage p, double value) {
    return new Passage(
        p.id(),
        p.document(),
        p.chunk(),
        p.collection(),
        p.project(),
        p.title(),
        p.text(),
        p.clipped(),
        p.embedding(),
        p.changedAt(),
        OptionalDouble.of(value),
        p.suspicious());
  }

  static Passage suspicious(Passage p) {
    return new Passage(
        p.id(),
        p.document(),
        p.chunk(),
        p.collection(),
        p.project(),
        p.title(),
        p.text(),
        p.clipped(),
        p.embedding(),
        p.changedAt(),
        p.value(),
        Optional.of("override"));
  }

  static Question question(String text) {
    return Question.of(text, Optional.empty());
  }

  static TermWeights weights(String question, List<Passage> passages) {
    return TermWeights.among(question(question), passages);
  }

  /** Text of up to so many pieces. */
  static String text(Random random, int most) {
    StringBuilder text = new StringBuilder("Begin. ");
    random.ints(random.nextInt(most), 0, PIECES.size()).forEach(i -> text.append(PIECES.get(i)));
    return text.toString();
  }

  /** Passages of such texts, each as relevant as it is early. */
  static List<Ranked> ranked(Random random, int count) {
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranked.add(new Ranked(passage("Title " + random.nextInt(), text(random, 40)), 1.0 / (i + 1)));
    }
    return ranked;
  }
}
