package dev.aidb.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ValueScoreTest {
  private static final double EXACT = 1e-9;

  private static Judgements told(Outcome... outcomes) {
    Judgements judgements = Judgements.NONE;
    for (Outcome outcome : outcomes) {
      judgements = judgements.with(outcome);
    }
    return judgements;
  }

  @Test
  void theOutcomeCountsUpToFourTenths() {
    assertThat(ValueScore.outcomePart(told(Outcome.SUCCESS))).isEqualTo(0.4);
    assertThat(ValueScore.outcomePart(told(Outcome.PARTIAL))).isEqualTo(0.2);
    assertThat(ValueScore.outcomePart(told(Outcome.FAILURE))).isZero();
    assertThat(ValueScore.outcomePart(told(Outcome.UNKNOWN))).isZero();
    assertThat(ValueScore.outcomePart(told(Outcome.SUCCESS, Outcome.UNKNOWN))).isEqualTo(0.4);
  }

  @Test
  void theFeedbackCountsUpToTwoTenthsAndNoneAsTheHalf() {
    assertThat(ValueScore.feedbackPart(Judgements.NONE)).isEqualTo(0.1);
    assertThat(ValueScore.feedbackPart(Judgements.NONE.with(1.0))).isEqualTo(0.2);
    assertThat(ValueScore.feedbackPart(Judgements.NONE.with(0.5))).isEqualTo(0.15, within(EXACT));
    assertThat(ValueScore.feedbackPart(Judgements.NONE.with(-1.0))).isZero();
  }

  @Test
  void eachWordOfAdviceIsAQuarterOfTheReusability() {
    assertThat(ValueScore.reusability("it broke", "mended")).isZero();
    assertThat(ValueScore.reusability("How to mend it", "so")).isEqualTo(0.05, within(EXACT));
    assertThat(ValueScore.reusability("how to install", "how to: install"))
        .isEqualTo(0.1, within(EXACT));
    assertThat(ValueScore.reusability("how to setup", "best practice: configure, install"))
        .isEqualTo(0.2, within(EXACT));
  }

  @Test
  void stepsCodeAndLengthMakeTheComplexity() {
    assertThat(ValueScore.complexity("")).isZero();
    assertThat(ValueScore.complexity("1. a\n2) b")).isEqualTo(0.02, within(1e-3));
    assertThat(ValueScore.complexity("```\nx\n```")).isEqualTo(0.015, within(1e-3));
    assertThat(ValueScore.complexity("x".repeat(1_000))).isEqualTo(0.025, within(EXACT));
    assertThat(ValueScore.complexity("x".repeat(100_000))).isEqualTo(0.05, within(EXACT));
    assertThat(ValueScore.complexity("1. step\n".repeat(50) + "x".repeat(5_000)))
        .isEqualTo(0.1, within(EXACT));
    assertThat(ValueScore.complexity("version 1.2 of it, in 2. place")).isLessThan(0.002);
  }

  @Test
  void noveltyIsTheDistanceToTheNearest() {
    assertThat(ValueScore.novelty(0)).isEqualTo(0.1);
    assertThat(ValueScore.novelty(0.75)).isEqualTo(0.025, within(EXACT));
    assertThat(ValueScore.novelty(1.0000001)).isZero();
    assertThat(ValueScore.novelty(-0.3)).isEqualTo(0.1);
  }

  @Test
  void theBestIsWorthOne() {
    Judgements best = told(Outcome.SUCCESS).with(1.0);

    assertThat(ValueScore.of(0.4, best)).isEqualTo(1);
    assertThat(ValueScore.of(0, Judgements.NONE)).isEqualTo(0.1);
  }

  @Property
  void aValueIsBetweenNoneAndOneWhateverWasTold(
      @ForAll @DoubleRange(min = -5, max = 5) double base, @ForAll("judgements") Judgements told) {
    assertThat(ValueScore.of(base, told)).isBetween(0.0, 1.0);
    assertThat(ValueScore.outcomePart(told)).isBetween(0.0, 0.4);
    assertThat(ValueScore.feedbackPart(told)).isBetween(0.0, 0.2);
  }

  @Property
  void betterFeedbackNeverLowersAValue(
      @ForAll("judgements") Judgements before,
      @ForAll @DoubleRange(min = -1, max = 1) double one,
      @ForAll @DoubleRange(min = -1, max = 1) double other) {
    double lower = ValueScore.of(0.2, before.with(Math.min(one, other)));
    double higher = ValueScore.of(0.2, before.with(Math.max(one, other)));

    assertThat(higher).isGreaterThanOrEqualTo(lower);
  }

  @Property
  void feedbackMovesTheMeanTowardsItself(
      @ForAll("judgements") Judgements before,
      @ForAll @DoubleRange(min = -1, max = 1) double feedback) {
    double was = before.feedback().orElse(feedback);
    double is = before.with(feedback).feedback().orElseThrow();

    assertThat(Math.abs(is - feedback)).isLessThanOrEqualTo(Math.abs(was - feedback) + EXACT);
  }

  @Property
  void theLaterOfTwoWeighsMore(
      @ForAll("judgements") Judgements before,
      @ForAll @DoubleRange(min = -1, max = 1) double one,
      @ForAll @DoubleRange(min = -1, max = 1) double other) {
    double low = Math.min(one, other);
    double high = Math.max(one, other);

    assertThat(before.with(low).with(high).feedback().orElseThrow())
        .isGreaterThanOrEqualTo(before.with(high).with(low).feedback().orElseThrow() - EXACT);
    assertThat(before.with(Outcome.FAILURE).with(Outcome.SUCCESS).outcome().orElseThrow())
        .isGreaterThan(before.with(Outcome.SUCCESS).with(Outcome.FAILURE).outcome().orElseThrow());
  }

  @Property
  void aGivenValueIsKeptAndMovesAsAnyOther(
      @ForAll @DoubleRange(min = 0, max = 1) double value, @ForAll("judgements") Judgements told) {
    assertThat(ValueScore.of(ValueScore.base(value, told), told)).isEqualTo(value, within(1e-8));
  }

  @Property
  void aRecordThatTakesInOthersKeepsTheHighestValueAndAllThatWasTold(
      @ForAll @Size(min = 2, max = 6) List<@net.jqwik.api.From("standings") Standing> all) {
    Standing heir = all.getFirst();
    for (Standing fallen : all.subList(1, all.size())) {
      heir = heir.absorbing(fallen);
    }

    assertThat(heir.value())
        .isEqualTo(all.stream().mapToDouble(Standing::value).max().orElseThrow());
    assertThat(ValueScore.of(heir.base(), heir.judgements())).isEqualTo(heir.value(), within(1e-8));
    assertThat(heir.uses()).isEqualTo(all.stream().mapToLong(Standing::uses).sum());
    assertThat(heir.feedbacks()).isEqualTo(all.stream().mapToLong(Standing::feedbacks).sum());
    assertThat(heir.merged())
        .isEqualTo(all.stream().mapToLong(Standing::merged).sum() + all.size() - 1);
    assertThat(heir.judgements().outcomeWeight())
        .isEqualTo(
            all.stream().mapToDouble(s -> s.judgements().outcomeWeight()).sum(), within(EXACT));
    assertThat(heir.pinned()).isEqualTo(all.stream().anyMatch(Standing::pinned));
    assertThat(heir.lastUsedAt())
        .isEqualTo(all.stream().flatMap(s -> s.lastUsedAt().stream()).max(Instant::compareTo));
  }

  @Test
  void aFewFailuresFindOutEvenWhatTookInManySuccesses() {
    Judgements many = Judgements.NONE;
    for (int i = 0; i < 1_000; i++) {
      many = many.plus(told(Outcome.SUCCESS).with(1.0));
    }
    Judgements after = many;
    for (int i = 0; i < 5; i++) {
      after = after.with(Outcome.FAILURE).with(-1.0);
    }

    assertThat(many.outcomeWeight()).isEqualTo(1_000);
    assertThat(after.outcome().orElseThrow()).isLessThan(0.5);
    assertThat(after.feedback().orElseThrow()).isNegative();
  }

  @Property
  void learningAgainNeverLowersAValue(
      @ForAll("standings") Standing before,
      @ForAll @DoubleRange(min = 0, max = 1) double value,
      @ForAll Outcome outcome,
      @ForAll @DoubleRange(min = -1, max = 1) double feedback) {
    Standing after = before.joinedBy(value, outcome, OptionalDouble.of(feedback));

    assertThat(after.value()).isEqualTo(Math.max(before.value(), value));
    assertThat(after.feedbacks()).isEqualTo(before.feedbacks() + 1);
    assertThat(after.merged()).isEqualTo(before.merged() + 1);
    double worse = after.judged(Outcome.FAILURE, OptionalDouble.of(-1)).value();
    assertThat(worse).isLessThanOrEqualTo(after.value() + EXACT);
  }

  @Provide
  Arbitrary<Judgements> judgements() {
    Arbitrary<Outcome> outcome = Arbitraries.of(Outcome.class);
    Arbitrary<Double> feedback = Arbitraries.doubles().between(-1, 1);
    return Combinators.combine(outcome.list().ofMaxSize(30), feedback.list().ofMaxSize(30))
        .as((outcomes, feedbacks) -> {
          Judgements told = Judgements.NONE;
          for (Outcome one : outcomes) {
            told = told.with(one);
          }
          for (double one : feedbacks) {
            told = told.with(one);
          }
          return told;
        });
  }

  @Provide
  Arbitrary<Standing> standings() {
    return Combinators.combine(
            Arbitraries.doubles().between(0, 1),
            judgements(),
            Arbitraries.longs().between(0, 1_000),
            Arbitraries.longs().between(0, 2_000_000_000).injectNull(0.3),
            Arbitraries.of(true, false))
        .as((value, told, count, used, pinned) ->
            new Standing(
                value,
                ValueScore.base(value, told),
                Outcome.SUCCESS,
                told,
                count,
                count / 2,
                Optional.ofNullable(used).map(Instant::ofEpochSecond),
                pinned,
                count / 3));
  }
}
