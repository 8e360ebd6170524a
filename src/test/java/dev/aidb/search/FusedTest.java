package dev.aidb.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.documents.Fusion;
import dev.aidb.index.ArmPage.Hit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FusedTest {

  @Test
  void a_record_first_in_both_arms_has_the_greatest_value() {
    List<Hit> arm = hits(1, 2, 3);

    List<Fused.Item> fused = all(arm, arm, Fusion.USUAL);

    assertThat(fused.getFirst().id()).isEqualTo(id(1));
    assertThat(fused.getFirst().value()).isEqualTo(1.0);
  }

  @Test
  void values_are_weighted_reciprocal_ranks_over_the_greatest_sum() {
    Fusion fusion = new Fusion(2, 1, 10, 1_000);

    List<Fused.Item> fused = all(hits(1, 2), hits(2), fusion);

    double best = 3 / 11.0;
    assertThat(fused).extracting(Fused.Item::id).containsExactly(id(2), id(1));
    assertThat(fused.get(0).value()).isEqualTo(2 / 12.0 / best + 1 / 11.0 / best);
    assertThat(fused.get(1).value()).isEqualTo(2 / 11.0 / best);
  }

  @Test
  void equal_values_stand_in_the_order_of_their_ids_as_text() {
    UUID high = UUID.fromString("ffffffff-0000-7000-8000-000000000000");
    UUID low = UUID.fromString("0fffffff-0000-7000-8000-000000000000");

    List<Fused.Item> fused =
        all(List.of(new Hit(high, 1, .5)), List.of(new Hit(low, 1, 3)), Fusion.USUAL);

    assertThat(fused).extracting(Fused.Item::id).containsExactly(low, high);
  }

  @Test
  void the_standing_in_each_arm_is_kept() {
    Fused.Item item = all(List.of(new Hit(id(1), 1, .5)), List.of(), Fusion.USUAL).getFirst();

    assertThat(item.dense()).contains(new Fused.Standing(1, .5));
    assertThat(item.keyword()).isEmpty();
  }

  @Property
  void the_first_of_either_arm_is_among_the_first_three(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int dense,
      @ForAll @IntRange(min = 1, max = 40) int keyword,
      @ForAll @DoubleRange(min = 0.01, max = 100) double denseWeight,
      @ForAll @DoubleRange(min = 0.01, max = 100) double keywordWeight,
      @ForAll @IntRange(min = 1, max = 200) int k) {
    List<Hit> denseArm = shuffled(seed, 45).subList(0, dense);
    List<Hit> keywordArm = shuffled(~seed, 45).subList(0, keyword);

    List<Fused.Item> fused =
        all(denseArm, keywordArm, new Fusion(denseWeight, keywordWeight, k, 1_000));

    Fused sliced = Fused.of(denseArm, keywordArm, new Fusion(denseWeight, keywordWeight, k, 1_000));
    int middle = fused.size() / 2;
    assertThat(sliced.slice(0, middle)).isEqualTo(fused.subList(0, middle));
    assertThat(sliced.slice(middle, fused.size() + 5))
        .isEqualTo(fused.subList(middle, fused.size()));
    double least = fused.get(middle).value();
    assertThat(sliced.count(least))
        .isEqualTo((int) fused.stream().filter(item -> item.value() >= least).count());
    List<UUID> firstThree = fused.stream().limit(3).map(Fused.Item::id).toList();
    assertThat(firstThree).contains(denseArm.getFirst().id(), keywordArm.getFirst().id());
    assertThat(fused).extracting(Fused.Item::id).doesNotHaveDuplicates();
    assertThat(fused).allSatisfy(item -> assertThat(item.value()).isBetween(0.0, 1.0 + 1e-12));
    assertThat(fused)
        .isSortedAccordingTo((a, b) ->
            a.value() != b.value()
                ? Double.compare(b.value(), a.value())
                : a.id().toString().compareTo(b.id().toString()));
  }

  private static List<Fused.Item> all(List<Hit> dense, List<Hit> keyword, Fusion fusion) {
    return Fused.of(dense, keyword, fusion).slice(0, Integer.MAX_VALUE);
  }

  private static List<Hit> shuffled(long seed, int count) {
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hits.add(new Hit(id(i), 1, 0));
    }
    Collections.shuffle(hits, new Random(seed));
    return hits;
  }

  private static List<Hit> hits(int... numbers) {
    List<Hit> hits = new ArrayList<>();
    for (int number : numbers) {
      hits.add(new Hit(id(number), 1, 1.0 / number));
    }
    return hits;
  }

  private static UUID id(int number) {
    return new UUID(0x0190_0000_0000_7000L + number, 0x8000_0000_0000_0000L);
  }
}
