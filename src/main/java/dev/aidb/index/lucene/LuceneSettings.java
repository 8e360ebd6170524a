package dev.aidb.index.lucene;

/**
 * What can be tuned of the embedded index.
 *
 * @param k1 BM25's saturation of term frequency, 0..10
 * @param b BM25's normalisation by length, 0..1
 * @param bufferMb heap for changes that aren't in a segment yet, in MiB, 1..1,024
 * @param filterCacheMb heap for cached filters, in MiB, 0..4,096
 * @param verifiedOnOpenMb up to which size, in MiB, every checksum is compared on opening; larger
 *     ones are left to {@link LuceneIndex#verify}
 * @param recentMax how many versions of changes are remembered between two settlements; more are
 *     refused, 1 at least
 * @param queryTermsMax how many different terms of a text are searched, the first ones, 1..1,024
 * @param exactBelow up to how many matching records a dense query is answered by an exact scan
 * @param rescored how many candidates are rescored for the first page
 * @param firstPage how far into the sequence the first page reaches, at most {@code rescored}
 * @param rescoredDeep how many candidates are rescored for pages up to {@code deepPage}
 * @param deepPage how far into the sequence pages reach before exact scans begin
 */
public record LuceneSettings(
    float k1,
    float b,
    int bufferMb,
    int filterCacheMb,
    int verifiedOnOpenMb,
    int recentMax,
    int queryTermsMax,
    int exactBelow,
    int rescored,
    int firstPage,
    int rescoredDeep,
    int deepPage) {

  public static final LuceneSettings DEFAULT =
      new LuceneSettings(1.5f, 0.6f, 32, 64, 256, 1_000_000, 1_024, 2_000, 400, 25, 2_000, 125);

  public LuceneSettings {
    require(k1 >= 0 && k1 <= 10, "k1 must be 0..10");
    require(b >= 0 && b <= 1, "b must be 0..1");
    require(bufferMb >= 1 && bufferMb <= 1_024, "bufferMb must be 1..1024");
    require(filterCacheMb >= 0 && filterCacheMb <= 4_096, "filterCacheMb must be 0..4096");
    require(verifiedOnOpenMb >= 0, "verifiedOnOpenMb must not be negative");
    require(recentMax >= 1, "recentMax must be at least 1");
    require(queryTermsMax >= 1 && queryTermsMax <= 1_024, "queryTermsMax must be 1..1024");
    require(exactBelow >= 0, "exactBelow must not be negative");
    require(firstPage >= 1 && firstPage <= rescored, "firstPage must be 1..rescored");
    require(
        deepPage >= firstPage && rescoredDeep >= deepPage && rescoredDeep >= rescored,
        "deepPage must be firstPage..rescoredDeep and rescoredDeep at least rescored");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
