package dev.aidb.index.lucene;

import java.io.IOException;
import java.util.Arrays;

/** The one sequence of a query's matches, made as far as it is needed; see {@link DenseArm}. */
final class DenseSequence {
  private final DenseScan scan;
  private final HitReader hits;
  private final LuceneSettings settings;
  private final long total;

  DenseSequence(DenseScan scan, HitReader hits, LuceneSettings settings, long total) {
    this.scan = scan;
    this.hits = hits;
    this.settings = settings;
    this.total = total;
  }

  /** At least its first so many documents, as keys, ties in order. */
  long[] until(int to) throws IOException {
    if (total <= Math.max(settings.exactBelow(), settings.rescoredDeep())) {
      return scan.exact(to);
    }
    boolean deep = to > settings.firstPage();
    long[] candidates = scan.candidates(deep ? settings.rescoredDeep() : settings.rescored());
    long[] nearest = scan.rescored(Arrays.copyOf(candidates, settings.rescored()));
    if (undecided(nearest, settings.firstPage())) {
      return scan.exact(to);
    }
    long[] head = hits.ordered(nearest, settings.firstPage());
    if (!deep) {
      return head;
    }
    long[] near = without(head, scan.rescored(candidates));
    int middle = settings.deepPage() - settings.firstPage();
    if (undecided(near, middle)) {
      return join(head, without(head, scan.exact(to)), to);
    }
    head = join(head, hits.ordered(near, middle), settings.deepPage());
    return to <= head.length ? head : join(head, without(head, scan.exact(to)), to);
  }

  /**
   * Whether the score where a ranking of candidates is cut is that of its last candidate too: then
   * others that weren't candidates may have it as well, and a lower id.
   */
  static boolean undecided(long[] ranking, int cut) {
    return ranking.length == 0
        || TopScores.score(ranking[Math.min(cut, ranking.length) - 1])
            == TopScores.score(ranking[ranking.length - 1]);
  }

  /** What is left of a ranking, in its order. */
  private static long[] without(long[] some, long[] ranking) {
    long[] sorted = some.clone();
    Arrays.sort(sorted);
    return Arrays.stream(ranking).filter(key -> Arrays.binarySearch(sorted, key) < 0).toArray();
  }

  /** A part in final order, then a ranking that isn't yet among equal scores. */
  private long[] join(long[] ordered, long[] ranking, int to) throws IOException {
    long[] rest = hits.ordered(ranking, Math.min(ranking.length, to - ordered.length));
    long[] joined = Arrays.copyOf(ordered, ordered.length + rest.length);
    System.arraycopy(rest, 0, joined, ordered.length, rest.length);
    return joined;
  }
}
