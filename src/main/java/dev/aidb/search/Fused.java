package dev.aidb.search;

import dev.aidb.documents.Fusion;
import dev.aidb.index.ArmPage.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Two ranked lists made one by reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a
 * record's value is the sum over the arms of weight / (k + rank), divided by the greatest sum there
 * can be.
 *
 * <p>The first of each arm is lifted into the first three places where the sum would put it lower:
 * what one arm is surest of is never buried under what both find middling.
 *
 * <p>Records are numbered: first those of the dense arm by rank, then what only the keyword arm
 * has. Only as much is put in order as a page needs.
 */
final class Fused {
  private static final int ABSENT = -1;

  private final List<Hit> dense;
  private final List<Hit> keyword;

  /** Of a record by its number, the place in the keyword arm from 0, or {@link #ABSENT}. */
  private final int[] keywordPlaces;

  private final double[] values;
  private final int size;

  private Fused(List<Hit> dense, List<Hit> keyword, Fusion fusion) {
    this.dense = dense;
    this.keyword = keyword;
    this.keywordPlaces = new int[dense.size() + keyword.size()];
    this.values = new double[keywordPlaces.length];
    double best = (fusion.denseWeight() + fusion.keywordWeight()) / (fusion.k() + 1.0);
    Map<UUID, Integer> numbers = HashMap.newHashMap(dense.size());
    Arrays.fill(keywordPlaces, ABSENT);
    for (int i = 0; i < dense.size(); i++) {
      numbers.put(dense.get(i).id(), i);
      values[i] = fusion.denseWeight() / (fusion.k() + i + 1.0) / best;
    }
    int next = dense.size();
    for (int i = 0; i < keyword.size(); i++) {
      Integer known = numbers.get(keyword.get(i).id());
      int number = known != null ? known : next++;
      keywordPlaces[number] = i;
      values[number] += fusion.keywordWeight() / (fusion.k() + i + 1.0) / best;
    }
    this.size = next;
    boolean twoArms = fusion.denseWeight() > 0 && fusion.keywordWeight() > 0;
    if (twoArms && !dense.isEmpty() && !keyword.isEmpty()) {
      Integer leader = numbers.get(keyword.getFirst().id());
      lift(0, leader != null ? leader : dense.size());
    }
  }

  /** Fuses the two arms, each best first. */
  static Fused of(List<Hit> dense, List<Hit> keyword, Fusion fusion) {
    return new Fused(dense, keyword, fusion);
  }

  /** A record's standing in one arm. */
  record Standing(int rank, double score) {}

  /**
   * A fused record.
   *
   * @param value 0..1; the order is by it, highest first, then by id as text
   */
  record Item(
      UUID id, long version, double value, Optional<Standing> dense, Optional<Standing> keyword) {}

  /** How many records have at least that value. */
  int count(double minValue) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += values[i] >= minValue ? 1 : 0;
    }
    return count;
  }

  /** The records from one place to before another, both bounded by what there is. */
  List<Item> slice(int from, int to) {
    int end = Math.min(to, size);
    if (from >= end) {
      return List.of();
    }
    // The best so far, the least of them on top.
    PriorityQueue<Integer> best = new PriorityQueue<>(end + 1, (a, b) -> compare(b, a));
    for (int i = 0; i < size; i++) {
      if (best.size() < end) {
        best.add(i);
      } else if (compare(i, best.element()) < 0) {
        best.remove();
        best.add(i);
      }
    }
    Integer[] order = best.toArray(Integer[]::new);
    Arrays.sort(order, this::compare);
    List<Item> items = new ArrayList<>(end - from);
    for (int i = from; i < end; i++) {
      items.add(item(order[i]));
    }
    return items;
  }

  /** Higher values first, then lower ids as text, which for a UUID are unsigned. */
  private int compare(int a, int b) {
    int byValue = Double.compare(values[b], values[a]);
    return byValue != 0 ? byValue : compareIds(hit(a).id(), hit(b).id());
  }

  private static int compareIds(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  private Hit hit(int number) {
    return number < dense.size() ? dense.get(number) : keyword.get(keywordPlaces[number]);
  }

  private Item item(int number) {
    Hit hit = hit(number);
    return new Item(
        hit.id(),
        hit.version(),
        values[number],
        number < dense.size() ? Optional.of(standing(dense, number)) : Optional.empty(),
        keywordPlaces[number] == ABSENT
            ? Optional.empty()
            : Optional.of(standing(keyword, keywordPlaces[number])));
  }

  private static Standing standing(List<Hit> arm, int place) {
    return new Standing(place + 1, arm.get(place).score());
  }

  /**
   * Raises each leader above the second best of the others, so that both stand among the first
   * three. (One record that leads both arms has the greatest sum anyway.)
   */
  private void lift(int denseLeader, int keywordLeader) {
    double first = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      if (i != denseLeader && i != keywordLeader && values[i] > second) {
        second = Math.min(first, values[i]);
        first = Math.max(first, values[i]);
      }
    }
    if (second == Double.NEGATIVE_INFINITY) {
      return;
    }
    double floor = Math.nextUp(second);
    values[denseLeader] = Math.max(values[denseLeader], floor);
    values[keywordLeader] = Math.max(values[keywordLeader], floor);
  }
}
