package dev.aidb.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.similarity.NearDuplicates;
import dev.aidb.similarity.Survivors;
import dev.aidb.similarity.VectorSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
  @TempDir private static Path scratch;

  private static final Instant NOW = Instant.parse("2026-06-01T02:00:00Z");
  private static final Set<Task> ALL = EnumSet.allOf(Task.class);

  static Rules rules(int maxSolutions) {
    return new Rules(
        maxSolutions,
        Duration.ofDays(30),
        0.5,
        0.95,
        true,
        0.8,
        0.3,
        100,
        Duration.ofDays(30),
        Duration.ofHours(1));
  }

  private static Standing solution(int number, double value, int days) {
    return new Standing(
        new UUID(0x7000, number),
        value,
        0,
        Optional.empty(),
        NOW.minus(Duration.ofDays(days)),
        false,
        true);
  }

  private static Standing used(Standing s, int daysAgo) {
    return new Standing(
        s.id(),
        s.value(),
        1,
        Optional.of(NOW.minus(Duration.ofDays(daysAgo))),
        s.created(),
        s.pinned(),
        s.approved());
  }

  private static Standing pinned(Standing s) {
    return new Standing(s.id(), s.value(), s.uses(), s.lastUsed(), s.created(), true, s.approved());
  }

  private static List<UUID> ids(List<Removal> removals) {
    return removals.stream().map(Removal::id).toList();
  }

  @Test
  void whatIsOldAndOfLowValueExpires() {
    Standing goes = solution(1, 0.3, 40);
    List<Standing> all = List.of(goes, solution(2, 0.6, 40), solution(3, 0.3, 10));

    assertThat(new Planner(rules(100)).retired(all, ALL, NOW))
        .containsExactly(Removal.of(goes, Reason.EXPIRED));
  }

  @Test
  void whatWasUsedLatelyOrIsPinnedDoesNotExpire() {
    Standing lately = used(solution(1, 0.1, 400), 29);
    Standing longAgo = used(solution(2, 0.1, 400), 31);
    Standing pinned = pinned(solution(3, 0.1, 400));

    assertThat(ids(new Planner(rules(100)).retired(List.of(lately, longAgo, pinned), ALL, NOW)))
        .containsExactly(longAgo.id());
  }

  @Test
  void theBoundsThemselvesDoNotExpire() {
    Standing atTheValue = solution(1, 0.5, 40);
    Standing atTheAge = solution(2, 0.1, 30);

    assertThat(new Planner(rules(100)).retired(List.of(atTheValue, atTheAge), ALL, NOW)).isEmpty();
  }

  @Test
  void theLowestOfTooManyGo() {
    List<Standing> all =
        IntStream.range(0, 15).mapToObj(i -> solution(i, 0.10 + 0.05 * i, 1)).toList();

    List<Removal> removals = new Planner(rules(10)).retired(all, ALL, NOW);

    assertThat(ids(removals))
        .containsExactlyElementsOf(all.stream().limit(7).map(Standing::id).toList());
    assertThat(removals).allMatch(removal -> removal.reason() == Reason.LOW_VALUE);
  }

  @Test
  void equalsLeaveExactlyAsManyToo() {
    List<Standing> all = IntStream.range(0, 15).mapToObj(i -> solution(i, 0.6, 1)).toList();

    assertThat(new Planner(rules(10)).retired(all, ALL, NOW)).hasSize(7);
  }

  @Test
  void asManyAsMayBeKeptStay() {
    List<Standing> all = IntStream.range(0, 10).mapToObj(i -> solution(i, 0.6, 1)).toList();

    assertThat(new Planner(rules(10)).retired(all, ALL, NOW)).isEmpty();
  }

  @Test
  void amongEqualValuesTheUnusedGoFirstThenTheLongUnusedThenTheOldest() {
    List<Standing> all = new ArrayList<>();
    all.add(used(solution(1, 0.6, 20), 1));
    all.add(used(solution(2, 0.6, 20), 5));
    all.add(solution(3, 0.6, 10));
    all.add(solution(4, 0.6, 20));
    all.sort(Standing.LOWEST_FIRST);

    assertThat(all.stream().map(s -> s.id().getLeastSignificantBits()))
        .containsExactly(4L, 3L, 2L, 1L);
  }

  @Test
  void pinnedSolutionsCountButStay() {
    List<Standing> all =
        IntStream.range(0, 15).mapToObj(i -> pinned(solution(i, 0.1, 400))).toList();
    List<Standing> more = new ArrayList<>(all);
    more.add(solution(99, 0.9, 1));

    assertThat(ids(new Planner(rules(10)).retired(more, ALL, NOW)))
        .containsExactly(new UUID(0x7000, 99));
  }

  private static float[] at(double degrees) {
    double radians = Math.toRadians(degrees);
    return new float[] {(float) Math.cos(radians), (float) Math.sin(radians)};
  }

  private static List<Removal> duplicates(List<Standing> all, float[]... byNumber) {
    List<Standing> contenders = new Planner(rules(100)).contenders(all, List.of());
    return fallen(contenders, s -> byNumber[(int) s.id().getLeastSignificantBits()]);
  }

  private static List<Removal> fallen(
      List<Standing> contenders, Function<Standing, float[]> vector) {
    Survivors survivors =
        new NearDuplicates(scratch, 1, 1_000)
            .survivors(
                VectorSource.of(contenders.stream().map(vector).toList()),
                Planner.safe(contenders),
                0.95,
                () -> false);
    return Planner.duplicates(contenders, survivors);
  }

  @Test
  void ofOneQueryTheHighestValueSurvives() {
    List<Standing> all =
        IntStream.range(0, 5).mapToObj(i -> solution(i, 0.5 + 0.1 * i, 1)).toList();
    float[][] vectors = new float[5][];
    Arrays.fill(vectors, at(0));

    List<Removal> fallen = duplicates(all, vectors);

    assertThat(ids(fallen))
        .containsExactlyInAnyOrderElementsOf(all.stream().limit(4).map(Standing::id).toList());
    assertThat(fallen).allMatch(r -> r.survivor().equals(Optional.of(all.get(4).id())));
  }

  @Test
  void nothingChainsThroughTheFallen() {
    // Neighbours are 15° apart (0.966), the outer two 30° (0.866).
    List<Standing> all = List.of(solution(0, 0.9, 1), solution(1, 0.8, 1), solution(2, 0.7, 1));

    assertThat(ids(duplicates(all, at(0), at(15), at(30)))).containsExactly(all.get(1).id());
  }

  @Test
  void twoThatArePinnedBothSurviveAndTheOthersFallToThem() {
    List<Standing> all =
        List.of(
            pinned(solution(0, 0.2, 1)),
            pinned(solution(1, 0.1, 1)),
            solution(2, 0.9, 1),
            solution(3, 0.9, 1));

    List<Removal> fallen = duplicates(all, at(0), at(10), at(-5), at(25));

    assertThat(ids(fallen)).containsExactly(all.get(2).id(), all.get(3).id());
    assertThat(fallen.get(0).survivor()).contains(all.get(0).id());
    assertThat(fallen.get(1).survivor()).contains(all.get(1).id());
  }

  @Test
  void whatSearchesDoNotFindNeitherFallsNorSurvives() {
    Standing pending =
        new Standing(new UUID(0x7000, 0), 0.9, 0, Optional.empty(), NOW, false, false);

    assertThat(duplicates(List.of(pending, solution(1, 0.2, 1)), at(0), at(0))).isEmpty();
  }

  /** Solutions whose values, uses and vectors often tie. */
  private static List<Standing> random(Random random, int count) {
    List<Standing> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Standing one = solution(i, random.nextInt(5) / 4.0, random.nextInt(80));
      one = random.nextInt(3) == 0 ? used(one, random.nextInt(80)) : one;
      all.add(random.nextInt(8) == 0 ? pinned(one) : one);
    }
    return all;
  }

  private static float[] vector(Standing s) {
    return at(new Random(s.id().getLeastSignificantBits()).nextInt(24) * 15);
  }

  private static List<Removal> plan(Rules rules, List<Standing> all) {
    Planner planner = new Planner(rules);
    List<Removal> removals = new ArrayList<>(planner.retired(all, ALL, NOW));
    List<Standing> contenders = planner.contenders(all, removals);
    removals.addAll(fallen(contenders, PlannerTest::vector));
    return removals;
  }

  @RepeatedTest(100)
  void aPlanHoldsToTheRules() {
    long seed = Long.getLong("aidb.seed", System.nanoTime());
    System.getLogger("PlannerTest").log(System.Logger.Level.INFO, "-Daidb.seed=" + seed);
    int count = new Random(seed).nextInt(80);
    List<Standing> all = random(new Random(seed), count);
    Rules rules = rules(20);

    List<Removal> removals = plan(rules, all);

    Set<UUID> gone = new HashSet<>(ids(removals));
    assertThat(gone).as("each once").hasSameSizeAs(removals);
    assertThat(all).noneMatch(s -> s.pinned() && gone.contains(s.id()));
    assertThat(removals)
        .filteredOn(r -> r.reason() == Reason.DUPLICATE)
        .noneMatch(r -> gone.contains(r.survivor().orElseThrow()));
    List<Standing> left =
        new ArrayList<>(all.stream().filter(s -> !gone.contains(s.id())).toList());
    assertThat(plan(rules, left)).as("nothing is left to do").isEmpty();
    Collections.shuffle(all, new Random(seed));
    assertThat(plan(rules, all)).as("whatever order they are read in").hasSameElementsAs(removals);
    assertThat(removedToFit(rules, all, removals)).isTrue();
  }

  /** Exactly as many of low value as bring the number down, where the pinned allow it. */
  private static boolean removedToFit(Rules rules, List<Standing> all, List<Removal> removals) {
    long expired = removals.stream().filter(r -> r.reason() == Reason.EXPIRED).count();
    long low = removals.stream().filter(r -> r.reason() == Reason.LOW_VALUE).count();
    long left = all.size() - expired;
    long pinned = all.stream().filter(Standing::pinned).count();
    long expected = left > rules.maxSolutions() ? Math.min(left - rules.kept(), left - pinned) : 0;
    return low == expected;
  }

  @Test
  void sharesAreReckonedInDecimals() {
    Rules rules =
        new Rules(
            100,
            Duration.ofDays(30),
            0.5,
            0.95,
            true,
            0.29,
            0.57,
            0,
            Duration.ZERO,
            Duration.ofHours(1));

    assertThat(rules.kept()).isEqualTo(29);
    assertThat(rules.mayRemove(100)).isEqualTo(57);
  }

  @Test
  void aFewMayAlwaysGo() {
    assertThat(rules(100).mayRemove(10)).isEqualTo(100);
    assertThat(rules(100).mayRemove(1_000)).isEqualTo(300);
  }
}
