package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private static final Compression COMPRESSION = new Compression(Samples.TOKENS);

  private static String fit(String text, int most, String question) {
    Passage passage = Samples.passage("t", text);
    Passage other = Samples.passage("o", "something else");
    TermWeights weights = Samples.weights(question, List.of(passage, other));
    return COMPRESSION.fit(text, false, most, weights).of(text, false);
  }

  @Test
  void leavesAloneWhatFits() {
    assertThat(fit("Short. And sweet.", 100, "sweet")).isEqualTo("Short. And sweet.");
  }

  @Test
  void quotesTheSentencesThatTellSomething() {
    String text =
        "Cats sleep all day. ".repeat(20)
            + "A port is opened with allowedTCPPorts. "
            + "Dogs bark at night. ".repeat(20);

    String quoted = fit(text, 30, "how is a port opened");

    assertThat(quoted).contains("A port is opened with allowedTCPPorts.").contains("…");
    assertThat(Samples.TOKENS.count(quoted)).isLessThanOrEqualTo(30);
  }

  @Test
  void showsWhereSomethingIsLeftOut() {
    String text = "One port here. " + "Cats sleep. ".repeat(30) + "Another port there.";

    assertThat(fit(text, 40, "port"))
        .isEqualTo("One port here. Cats sleep. … Cats sleep. Another port there.");
  }

  @Test
  void cutsCodeAfterALineAndClosesItsFence() {
    String text = "```nix\n" + "port = 8091; # a comment\n".repeat(50) + "```\n";

    String quoted = fit(text, 60, "port");

    assertThat(quoted).startsWith("```nix\nport = 8091; # a comment\n").endsWith("```\n…");
    assertThat(quoted.lines().filter(line -> line.startsWith("port")))
        .allMatch(line -> line.equals("port = 8091; # a comment"));
  }

  @Test
  void cutsASentenceThatIsTooLongBetweenWords() {
    String quoted = fit("word ".repeat(500), 20, "anything");

    assertThat(quoted).matches("(word )+…");
  }

  @Test
  void doesNotTakeAnAbbreviationForTheEndOfASentence() {
    assertThat(Segments.of("It is e.g. this one. It ends.")).hasSize(2);
    assertThat(Segments.of("why not? because . the end")).hasSize(3);
  }

  @Test
  void takesLinesOfAParagraphForOne() {
    assertThat(Segments.of("a sentence that\ngoes on here.\n- item\n- item\n")).hasSize(3);
  }

  @Property(tries = 100)
  void neverExceedsItsBudgetNorLeavesAFenceOpen(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int most) {
    String text = Samples.text(new Random(seed), 60);

    String quoted = fit(text, most, "firewall ports code");

    assertThat(Samples.TOKENS.count(quoted)).isLessThanOrEqualTo(most);
    assertThat(quoted).matches(q -> fencesAreClosed(q));
    assertThat(quoted.codePoints()).noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  private static boolean fencesAreClosed(String text) {
    Segments.Fence open = Segments.Fence.NONE;
    for (String line : text.split("\n", -1)) {
      Segments.Fence fence = Segments.Fence.in(line);
      if (open.opens()) {
        open = fence.closes(open) ? Segments.Fence.NONE : open;
      } else if (fence.opens()) {
        open = fence;
      }
    }
    return !open.opens();
  }

  @Property(tries = 200)
  void segmentsCoverTheirText(@ForAll long seed) {
    String text = Samples.text(new Random(seed), 80);
    int end = 0;
    for (Segment segment : Segments.of(text)) {
      assertThat(segment.from()).isEqualTo(end).isLessThan(segment.to());
      end = segment.to();
    }
    assertThat(end).isEqualTo(text.length());
  }

  @Property(tries = 100)
  void anExcerptIsTheSameWhenItIsMadeAgainFromItsEnds(@ForAll long seed) {
    String text = Samples.text(new Random(seed), 60);
    Excerpt excerpt =
        COMPRESSION.fit(
            text, false, 40, Samples.weights("ports", List.of(Samples.passage("t", text))));

    assertThat(Excerpt.ofFlat(excerpt.flat(), text.length())).isEqualTo(excerpt);
  }

  @Test
  void joinsAdjoiningChunksWithoutTheirOverlap() {
    assertThat(PassageRows.joined("one two three four", "three four five"))
        .isEqualTo("one two three four five");
    assertThat(PassageRows.joined("one", "two")).isEqualTo("one\ntwo");
    assertThat(PassageRows.joined("", "two")).isEqualTo("two");
  }
}
