package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AssemblyTest {
  private static final Assembly ASSEMBLY = new Assembly(Samples.TOKENS);
  private static final String TALK =
      "<conversation>\n" + "a line of talk that goes on\n".repeat(3) + "</conversation>\n";

  private static Assembly.Order order(Level level, int most, List<Ranked> chosen) {
    return new Assembly.Order(
        level,
        most,
        chosen,
        Samples.weights("firewall ports", chosen.stream().map(Ranked::passage).toList()));
  }

  private static String talk(int most) {
    return Samples.TOKENS.count(TALK) <= most ? TALK : "";
  }

  /** A session over passages that stay as they are. */
  private static final class Played {
    private final List<Prompt> prompts = new ArrayList<>();
    private List<Quote> before = List.of();

    Prompt turn(Level level, int most, List<Ranked> chosen) {
      Assembly.Order order = order(level, most, chosen);
      List<Quote> again = new ArrayList<>();
      for (Quote quote : before) {
        ASSEMBLY.again(quote.passage(), quote.placed(), order).ifPresent(again::add);
      }
      assertThat(again).isEqualTo(before);
      Prompt prompt = ASSEMBLY.next(order, again, AssemblyTest::talk);
      before = prompt.lasting();
      prompts.add(prompt);
      return prompt;
    }
  }

  private static double shared(String a, String b, boolean inTokens) {
    int same = 0;
    while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    String shorter = a.length() <= b.length() ? a : b;
    return inTokens
        ? (double) Samples.TOKENS.count(a.substring(0, same))
            / Math.min(Samples.TOKENS.count(a), Samples.TOKENS.count(b))
        : (double) same / shorter.length();
  }

  private static void checked(Prompt prompt, int most) {
    assertThat(prompt.tokens()).isEqualTo(Samples.TOKENS.count(prompt.text()));
    assertThat(prompt.tokens()).isLessThanOrEqualTo(most);
    assertThat(prompt.text().split("<source ", -1)).hasSize(prompt.ids().size() + 1);
    assertThat(new HashSet<>(prompt.ids())).hasSize(prompt.ids().size());
    if (prompt.ids().isEmpty()) {
      assertThat(prompt.text()).isEmpty();
    }
  }

  @Property(tries = 60)
  void neverExceedsItsBudget(
      @ForAll long seed, @ForAll Level level, @ForAll @IntRange(min = 128, max = 6_000) int most) {
    checked(ASSEMBLY.once(order(level, most, Samples.ranked(new Random(seed), 8))), most);
  }

  @Property(tries = 12)
  void promptsOfASessionBeginAlike(
      @ForAll long seed,
      @ForAll Level level,
      @ForAll @IntRange(min = 1_000, max = 5_000) int most) {
    Random random = new Random(seed);
    Played session = new Played();
    for (int turn = 0; turn < 15; turn++) {
      checked(session.turn(level, most, Samples.ranked(random, level.sources())), most);
    }
    for (int i = 1; i < session.prompts.size(); i++) {
      String last = session.prompts.get(i - 1).text();
      String next = session.prompts.get(i).text();
      assertThat(shared(last, next, true)).as("tokens, turn " + i).isGreaterThanOrEqualTo(0.8);
    }
  }

  @Property(tries = 12)
  void budgetsThatChangeAreKeptToo(@ForAll long seed) {
    Random random = new Random(seed);
    Played session = new Played();
    for (int turn = 0; turn < 8; turn++) {
      int most = 128 + random.nextInt(3_000);
      Level level = Level.values()[random.nextInt(3)];
      checked(session.turn(level, most, Samples.ranked(random, level.sources())), most);
    }
  }

  @Test
  void promptsOfASessionBeginAlikeInCharactersToo() {
    Random random = new Random(7);
    Played session = new Played();
    for (int turn = 0; turn < 20; turn++) {
      List<Ranked> chosen = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String text = "Sentence %d says something on ports. ".formatted(random.nextInt(1_000));
        chosen.add(
            new Ranked(
                Samples.passage("Title " + random.nextInt(), text.repeat(1 + random.nextInt(12))),
                1));
      }
      checked(session.turn(Level.STANDARD, 2_000, chosen), 2_000);
    }
    for (int i = 1; i < session.prompts.size(); i++) {
      assertThat(shared(session.prompts.get(i - 1).text(), session.prompts.get(i).text(), false))
          .as("turn " + i)
          .isGreaterThanOrEqualTo(0.8);
    }
  }

  @Test
  void everyTurnBringsSomethingNewHoweverLongTheSession() {
    for (int most : new int[] {300, 500, 1_000, 2_000}) {
      Played session = new Played();
      for (int turn = 0; turn < 20; turn++) {
        Passage fresh = Samples.passage("Port " + turn, "Text about port " + turn + ". ".repeat(9));
        Prompt prompt = session.turn(Level.STANDARD, most, List.of(new Ranked(fresh, 1)));
        assertThat(prompt.ids()).as(most + " tokens, turn " + turn).contains(fresh.id());
      }
    }
  }

  @Test
  void firstComesWhatCameFirst() {
    Played session = new Played();
    Passage first = Samples.passage("First", "The first text.");
    Passage second = Samples.passage("Second", "The second text.");
    session.turn(Level.STANDARD, 2_000, List.of(new Ranked(first, 0.2)));

    Prompt prompt = session.turn(Level.STANDARD, 2_000, List.of(new Ranked(second, 0.9)));

    assertThat(prompt.ids()).containsExactly(first.id(), second.id());
    assertThat(prompt.text()).startsWith(SourceText.INSTRUCTIONS);
  }

  @Test
  void levelsDifferInHowMuchTheyQuote() {
    String text = "A sentence on the firewall. ".repeat(30);
    List<Ranked> ranked =
        List.of(
            new Ranked(Samples.passage("A", text), 1),
            new Ranked(Samples.passage("B", text + "!"), 1));
    Map<Level, Integer> sizes =
        Set.of(Level.values()).stream()
            .collect(
                Collectors.toMap(
                    level -> level, level -> ASSEMBLY.once(order(level, 6_000, ranked)).tokens()));

    assertThat(sizes.get(Level.STANDARD)).isLessThan(sizes.get(Level.DETAILED));
    assertThat(sizes.get(Level.DETAILED)).isLessThan(sizes.get(Level.COMPREHENSIVE));
  }

  @Test
  void aTextThatChangedIsCutAnew() {
    Passage old = Samples.passage("T", "Old text here.");
    Quote quote =
        ASSEMBLY.once(order(Level.STANDARD, 500, List.of(new Ranked(old, 1)))).quotes().getFirst();
    Passage changed = old.withText("New text, which says more than the old one did.");

    Quote again =
        ASSEMBLY
            .again(changed, quote.placed(), order(Level.STANDARD, 500, List.of()))
            .orElseThrow();

    assertThat(again.text()).contains("New text, which says more than the old one did.");
    assertThat(again.passage().id()).isEqualTo((UUID) old.id());
  }

  @Test
  void withoutAnythingThereIsNothing() {
    assertThat(ASSEMBLY.once(order(Level.STANDARD, 500, List.of())))
        .isEqualTo(new Prompt("", 0, List.of(), List.of()));
    assertThat(ASSEMBLY.next(order(Level.STANDARD, 500, List.of()), List.of(), most -> TALK).text())
        .isEmpty();
  }
}
