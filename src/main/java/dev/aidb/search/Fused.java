package dev.aidb.search;

import dev.aidb.documents.Fusion;
import dev.aidb.index.ArmPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/**
 * Two ranked lists made one by reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a
 * record's value is the sum over the arms of weight / (k + rank), divided by the greatest sum there
 * can be.
 *
 * <p>The first of each arm is lifted into the first three places where the sum would put it lower:
 * what one arm is surest of is never buried under what both find middling.
 */
final class Fused {
  private static final int LEADER_PLACE = 3;

  private Fused() {}

  /** A record's standing in one arm. */
  record Standing(int rank, double score) {}

  /**
   * A fused record.
   *
   * @param value 0..1; the order is by it, highest first, then by id as text
   */
  record Item(
      UUID id, long version, double value, Optional<Standing> dense, Optional<Standing> keyword) {}

  /** The id order that breaks ties: that of the text form, which for a UUID is unsigned. */
  static int compareIds(UUID a, UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  private static final Comparator<Item> ORDER =
      Comparator.comparingDouble(Item::value).reversed().thenComparing(Item::id, Fused::compareIds);

  static List<Item> of(List<ArmPage.Hit> dense, List<ArmPage.Hit> keyword, Fusion fusion) {
    double best = (fusion.denseWeight() + fusion.keywordWeight()) / (fusion.k() + 1.0);
    Map<UUID, Item> items = HashMap.newHashMap(dense.size() + keyword.size());
    for (int i = 0; i < dense.size(); i++) {
      ArmPage.Hit hit = dense.get(i);
      double value = fusion.denseWeight() / (fusion.k() + i + 1.0) / best;
      items.put(
          hit.id(),
          new Item(
              hit.id(),
              hit.version(),
              value,
              Optional.of(new Standing(i + 1, hit.score())),
              Optional.empty()));
    }
    for (int i = 0; i < keyword.size(); i++) {
      ArmPage.Hit hit = keyword.get(i);
      double value = fusion.keywordWeight() / (fusion.k() + i + 1.0) / best;
      Optional<Standing> standing = Optional.of(new Standing(i + 1, hit.score()));
      Item other = items.get(hit.id());
      items.put(
          hit.id(),
          other == null
              ? new Item(hit.id(), hit.version(), value, Optional.empty(), standing)
              : new Item(hit.id(), hit.version(), other.value() + value, other.dense(), standing));
    }
    List<Item> order = new ArrayList<>(items.values());
    order.sort(ORDER);
    boolean twoArms = fusion.denseWeight() > 0 && fusion.keywordWeight() > 0;
    if (twoArms && !dense.isEmpty() && !keyword.isEmpty()) {
      lift(order, dense.getFirst().id(), keyword.getFirst().id());
    }
    return order;
  }

  /**
   * Raises each leader above the second best of the others, so that both stand among the first
   * three. (One record that leads both arms has the greatest sum anyway.)
   */
  private static void lift(List<Item> order, UUID dense, UUID keyword) {
    OptionalDouble second =
        order.stream()
            .filter(item -> !item.id().equals(dense) && !item.id().equals(keyword))
            .skip(LEADER_PLACE - 2)
            .mapToDouble(Item::value)
            .findFirst();
    if (second.isEmpty()) {
      return;
    }
    double floor = Math.nextUp(second.getAsDouble());
    order.replaceAll(item ->
        (item.id().equals(dense) || item.id().equals(keyword)) && item.value() < floor
            ? new Item(item.id(), item.version(), floor, item.dense(), item.keyword())
            : item);
    order.sort(ORDER);
  }
}
