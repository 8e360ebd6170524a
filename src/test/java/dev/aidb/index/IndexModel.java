package dev.aidb.index;

import dev.aidb.index.ArmPage.Hit;
import dev.aidb.index.IndexChange.Put;
import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.index.RecordFilter.Combined;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.RecordFilter.NumberRange;
import dev.aidb.index.RecordFilter.TextRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/** The obvious, slow index that others are compared with: a map and loops over it. */
public final class IndexModel {
  private final Map<UUID, IndexChange> last = new TreeMap<>();

  public void apply(List<IndexChange> changes) {
    for (IndexChange change : changes) {
      last.merge(change.id(), change, (old, now) -> now.version() > old.version() ? now : old);
    }
  }

  /** Every match of a dense query in order, whatever its page. */
  public List<Hit> dense(DenseQuery query) {
    List<Hit> hits = new ArrayList<>();
    for (IndexedRecord row : records(query.collection())) {
      double cosine = cosine(row.embedding(), query.vector());
      if (Math.max(0, cosine) >= query.minScore() && accepts(query.filter(), row)) {
        hits.add(new Hit(row.id(), row.version(), cosine));
      }
    }
    hits.sort(
        Comparator.comparingDouble(Hit::score).reversed().thenComparing(h -> h.id().toString()));
    return hits;
  }

  public List<IndexedRecord> records(String collection) {
    return last.values().stream()
        .map(change -> change instanceof Put put ? put.record() : null)
        .filter(Objects::nonNull)
        .filter(row -> row.collection().equals(collection))
        .toList();
  }

  public static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  public static boolean accepts(RecordFilter filter, IndexedRecord row) {
    return filter.project().map(row.project()::equals).orElse(true)
        && filter.where().map(clause -> accepts(clause, row.metadata())).orElse(true);
  }

  private static boolean accepts(Clause clause, Map<String, Object> metadata) {
    return switch (clause) {
      case Combined c ->
          c.must().stream().allMatch(each -> accepts(each, metadata))
              && (c.should().isEmpty() || c.should().stream().anyMatch(e -> accepts(e, metadata)))
              && c.mustNot().stream().noneMatch(each -> accepts(each, metadata));
      case Match match ->
          values(metadata, match.key()).stream()
              .anyMatch(value -> match.values().stream().anyMatch(wanted -> same(value, wanted)));
      case NumberRange range ->
          values(metadata, range.key()).stream()
              .anyMatch(value ->
                  value instanceof Number number
                      && within(number.doubleValue() + 0.0, range.lower(), range.upper()));
      case TextRange range ->
          values(metadata, range.key()).stream()
              .anyMatch(value ->
                  value instanceof String text && within(text, range.lower(), range.upper()));
    };
  }

  private static boolean same(Object value, Object wanted) {
    return value instanceof Number a && wanted instanceof Number b
        ? a.doubleValue() == b.doubleValue()
        : value.equals(wanted);
  }

  private static <T extends Comparable<T>> boolean within(T value, Bound<T> lower, Bound<T> upper) {
    return lower.value().map(l -> above(value.compareTo(l), lower.inclusive())).orElse(true)
        && upper.value().map(u -> above(u.compareTo(value), upper.inclusive())).orElse(true);
  }

  private static boolean above(int order, boolean inclusive) {
    return order > 0 || (inclusive && order == 0);
  }

  /** Every value a path of dots leads to, whichever of its dots are part of a key. */
  private static List<Object> values(Object in, String path) {
    List<Object> found = new ArrayList<>();
    if (in instanceof Collection<?> list) {
      list.forEach(element -> found.addAll(values(element, path)));
    } else if (in instanceof Map<?, ?> map) {
      map.forEach((key, value) -> {
        if (path.equals(key)) {
          flatten(value, found);
        } else if (path.startsWith(key + ".")) {
          found.addAll(values(value, path.substring(key.toString().length() + 1)));
        }
      });
    }
    return found;
  }

  private static void flatten(Object value, List<Object> into) {
    if (value instanceof Collection<?> list) {
      list.forEach(element -> flatten(element, into));
    } else if (value != null && !(value instanceof Map)) {
      into.add(value);
    }
  }
}
