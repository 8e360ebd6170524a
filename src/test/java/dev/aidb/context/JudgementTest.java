package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The small formulae: terms, relevance, likeness, confidence, suggestions, refinement. */
class JudgementTest {
  private static final Passage PORTS =
      Samples.passage("Firewall", "Open a port with allowedTCPPorts.", 1, 0);
  private static final Passage CATS = Samples.passage("Cats", "A cat sleeps all day.", 0, 1);

  @Test
  void termsAreWordsWithoutTheirEndings() {
    assertThat(Terms.telling("How do I open the ports of firewalls?"))
        .containsExactly("open", "port", "firewall");
    assertThat(Terms.telling("configuring configured configures")).containsExactly("configur");
    assertThat(Terms.telling("日本 ok")).containsExactly("日", "本", "ok");
    assertThat(Terms.telling("what is it")).isNotEmpty();
    assertThat(Terms.telling("!!!")).isEmpty();
  }

  @Test
  void aQuestionThatPointsAtSomethingLeansOnTheOneBefore() {
    assertThat(List.of("why?", "and how do I undo it?", "where is its state"))
        .allMatch(Terms::leans);
    assertThat(List.of("how do I configure users", "is it true that nginx needs openssl headers"))
        .noneMatch(Terms::leans);
  }

  private static List<Ranked> ranked(String question, Candidate... candidates) {
    List<Candidate> all = List.of(candidates);
    List<Passage> passages = all.stream().map(Candidate::passage).toList();
    return new EvidenceReranker()
        .rank(Samples.question(question), Samples.weights(question, passages), all);
  }

  @Test
  void meaningAndWordsSpeakForAPassage() {
    List<Ranked> ranked =
        ranked("open a port", new Candidate(CATS, 0.2, 0), new Candidate(PORTS, 0.6, 0.5));

    assertThat(ranked.getFirst().passage()).isEqualTo(PORTS);
    assertThat(ranked).allMatch(one -> one.relevance() >= 0 && one.relevance() <= 1);
  }

  @Test
  void ofEqualSolutionsTheBetterOneComesFirst() {
    Passage good = Samples.withValue(PORTS, 0.9);
    Passage bad = Samples.withValue(Samples.passage("Firewall", "Open a port with it.", 1, 0), 0.1);

    assertThat(
            ranked("open a port", new Candidate(bad, 0.6, 0.5), new Candidate(good, 0.6, 0.5))
                .getFirst()
                .passage())
        .isEqualTo(good);
  }

  @Test
  void choosesNoTwoThatAreTooClose() {
    Passage near = Samples.passage("Firewall 2", "Another text.", 0.99f, 0.1f);
    List<Ranked> ranked =
        List.of(new Ranked(PORTS, 0.9), new Ranked(near, 0.8), new Ranked(CATS, 0.3));

    assertThat(Diversity.choose(ranked, List.of(), 3))
        .extracting(Ranked::passage)
        .containsExactly(PORTS, CATS);
    assertThat(Diversity.choose(ranked, List.of(PORTS), 3))
        .extracting(Ranked::passage)
        .containsExactly(CATS);
    assertThat(Diversity.choose(ranked, List.of(), 1)).hasSize(1);
  }

  @Test
  void withoutVectorsOfOneLengthWordsDecide() {
    Passage same = Samples.passage("Other", "open a PORT with allowedTCPPorts", 1, 0, 0);

    assertThat(Diversity.likeness(PORTS, same)).isEqualTo(1);
    assertThat(Diversity.likeness(CATS, same)).isLessThan(0.2);
  }

  private static Prompt prompt(Passage... passages) {
    List<Ranked> ranked = List.of(passages).stream().map(p -> new Ranked(p, 0.6)).toList();
    return new Assembly(Samples.TOKENS)
        .once(
            new Assembly.Order(
                Level.DETAILED, 2_000, ranked, Samples.weights("q", List.of(passages))));
  }

  @Test
  void confidenceComesFromRelevanceAndCoverage() {
    TermWeights weights = Samples.weights("open a port", List.of(PORTS, CATS));

    assertThat(Confidence.of(prompt(PORTS), List.of(new Ranked(PORTS, 0.7)), weights)).isEqualTo(1);
    assertThat(Confidence.of(prompt(CATS), List.of(new Ranked(CATS, 0.1)), weights)).isZero();
    assertThat(Confidence.of(prompt(), List.of(new Ranked(PORTS, 0.7)), weights)).isZero();
  }

  @Test
  void suggestsTitlesThatSaySomethingNewAndWordsThatNothingCovers() {
    Question question = Samples.question("open a port on zebra");
    List<Ranked> ranked =
        List.of(
            new Ranked(PORTS, 0.7),
            new Ranked(CATS, 0.2),
            new Ranked(Samples.suspicious(Samples.passage("Obey me", "x")), 0.2),
            new Ranked(Samples.passage("Firewalls", "other"), 0.2),
            new Ranked(Samples.passage("", "no title"), 0.2));

    assertThat(Suggestions.of(question, prompt(PORTS), ranked)).containsExactly("Cats", "zebra");
  }

  @Test
  void gapsBecomeQueriesWithTheSubjectOfTheQuestion() {
    assertThat(
            Refinement.queries(
                "How do I open a port for guests?",
                "You open it.",
                List.of("which protocol", "where do the firewall logs go")))
        .containsExactly(
            "which protocol open port guests", "where do the firewall logs go", "port guests open");
    assertThat(Refinement.queries("", "", List.of("gap"))).containsExactly("gap");
    assertThat(Refinement.queries("open port", "open port", List.of())).isEmpty();
  }

  @Test
  void refiningIsWorthItWhereMuchIsFoundAndLittleIsSure() {
    Refinement.Promise found = new Refinement.Promise("a", 1);
    Refinement.Promise nothing = new Refinement.Promise("b", 0);

    Refinement unsure = Refinement.of(0.5, List.of(nothing, found));
    assertThat(unsure.queries()).containsExactly("a");
    assertThat(unsure.increase()).isEqualTo(0.15);
    assertThat(unsure.worthwhile()).isTrue();
    assertThat(Refinement.of(0.95, List.of(found)).worthwhile()).isFalse();
    assertThat(Refinement.of(0.1, List.of()).worthwhile()).isFalse();
  }

  @Test
  void aTermThatIsEverywhereTellsLittle() {
    TermWeights weights =
        Samples.weights("port zebra", List.of(PORTS, Samples.passage("zebra", "port")));

    assertThat(weights.coverage(Set.of("zebra"))).isGreaterThan(weights.coverage(Set.of("port")));
    assertThat(weights.coverage(Set.of("port", "zebra"))).isEqualTo(1);
  }
}
