package dev.aidb.learning;

import java.util.OptionalDouble;

/**
 * What was told of a solution, as weighted sums: each further judgement weighs 1 and leaves those
 * before it {@link #KEPT} of their weight, so that about the last five decide. Those of a record
 * that took in others weigh together what they weighed apart, but not more than an endless series
 * once a further one comes. Outcomes and feedback are kept apart, since either may be told without
 * the other.
 *
 * @param outcomeSum the weighted sum of {@link Outcome#worth}
 * @param outcomeWeight the sum of the weights, 0 for none
 * @param feedbackSum the weighted sum of feedback, each -1..1
 * @param feedbackWeight the sum of the weights, 0 for none
 */
record Judgements(
    double outcomeSum, double outcomeWeight, double feedbackSum, double feedbackWeight) {
  /** What is left of a judgement's weight by the next one. */
  static final double KEPT = 0.8;

  /** What an endless series weighs. */
  private static final double ENDLESS = 1 / (1 - KEPT);

  static final Judgements NONE = new Judgements(0, 0, 0, 0);

  /** With a later outcome; an unknown one is no judgement. */
  Judgements with(Outcome outcome) {
    if (outcome == Outcome.UNKNOWN) {
      return this;
    }
    double kept = kept(outcomeWeight);
    return new Judgements(
        outcomeSum * kept + outcome.worth(), outcomeWeight * kept + 1, feedbackSum, feedbackWeight);
  }

  /** With later feedback, -1..1. */
  Judgements with(double feedback) {
    double kept = kept(feedbackWeight);
    return new Judgements(
        outcomeSum, outcomeWeight, feedbackSum * kept + feedback, feedbackWeight * kept + 1);
  }

  /** With those of another record, none of which is later than the other's. */
  Judgements plus(Judgements other) {
    return new Judgements(
        outcomeSum + other.outcomeSum,
        outcomeWeight + other.outcomeWeight,
        feedbackSum + other.feedbackSum,
        feedbackWeight + other.feedbackWeight);
  }

  /** The weighted mean of outcomes, 0..1; empty for none. */
  OptionalDouble outcome() {
    return mean(outcomeSum, outcomeWeight, 0);
  }

  /** The weighted mean of feedback, -1..1; empty for none. */
  OptionalDouble feedback() {
    return mean(feedbackSum, feedbackWeight, -1);
  }

  private static double kept(double weight) {
    return KEPT * Math.min(1, ENDLESS / weight);
  }

  /** Clamped, since a sum and its weight are rounded each for itself. */
  private static OptionalDouble mean(double sum, double weight, double least) {
    return weight > 0
        ? OptionalDouble.of(Math.clamp(sum / weight, least, 1))
        : OptionalDouble.empty();
  }
}
