package dev.aidb.index.lucene;

import dev.aidb.index.ArmPage;
import dev.aidb.index.KeywordQuery;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.BulkScorer;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Records that hold at least one of a text's terms, by BM25 with the statistics of the collection's
 * own field. Every match is scored, because every match is counted.
 */
final class KeywordArm {
  /** A BM25 score of this much is worth a half. */
  private static final double HALF_SCORE = 10;

  private final FilterCache filters;
  private final QueryTerms terms;
  private final Similarity similarity;

  KeywordArm(FilterCache filters, QueryTerms terms, Similarity similarity) {
    this.filters = filters;
    this.terms = terms;
    this.similarity = similarity;
  }

  ArmPage search(DirectoryReader reader, KeywordQuery query) throws IOException {
    String field = RecordDocument.wordsField(query.collection());
    Map<BytesRef, Integer> wanted = terms.of(query.text());
    if (wanted.isEmpty()) {
      return new ArmPage(List.of(), 0);
    }
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(similarity);
    searcher.setQueryCache(null);
    Weight weight =
        searcher.createWeight(searcher.rewrite(anyOf(field, wanted)), ScoreMode.COMPLETE, 1);
    int end = (int) Math.min(Integer.MAX_VALUE, (long) query.offset() + query.limit());
    Matches matches = new Matches(TopScores.withTies(end), query.minScore());
    for (LeafReaderContext leaf : reader.leaves()) {
      BulkScorer scorer = weight.bulkScorer(leaf);
      if (scorer != null) {
        Bits accepted =
            and(leaf.reader().getLiveDocs(), filters.documents(leaf.reader(), query.filter()));
        scorer.score(matches.in(leaf), accepted, 0, DocIdSetIterator.NO_MORE_DOCS);
      }
    }
    return new ArmPage(
        new HitReader(reader).slice(matches.top.best(), query.offset(), end), matches.total);
  }

  private static @Nullable Bits and(@Nullable Bits live, @Nullable FixedBitSet filtered) {
    if (live == null || filtered == null) {
      return live == null ? filtered : live;
    }
    return new Bits() {
      @Override
      public boolean get(int index) {
        return filtered.get(index) && live.get(index);
      }

      @Override
      public int length() {
        return filtered.length();
      }
    };
  }

  private static Query anyOf(String field, Map<BytesRef, Integer> terms) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    terms.forEach((term, count) -> {
      Query one = new TermQuery(new Term(field, term));
      any.add(count == 1 ? one : new BoostQuery(one, count), Occur.SHOULD);
    });
    return any.build();
  }

  /** Counts and keeps what matches. */
  private static final class Matches {
    private final TopScores top;
    private final double minScore;
    private long total;

    Matches(TopScores top, double minScore) {
      this.top = top;
      this.minScore = minScore;
    }

    LeafCollector in(LeafReaderContext leaf) {
      return new LeafCollector() {
        private @Nullable Scorable scorer;

        @Override
        public void setScorer(Scorable scorer) {
          this.scorer = scorer;
        }

        @Override
        public void collect(int document) throws IOException {
          if (scorer == null) {
            throw new IllegalStateException("a match comes with its score");
          }
          float score = scorer.score();
          if (score / (score + HALF_SCORE) >= minScore) {
            total++;
            top.offer(score, leaf.docBase + document);
          }
        }
      };
    }
  }
}
