package dev.aidb.index.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.util.BytesRef;

/**
 * The terms a query asks for. Words that say nothing by themselves, such as "what" and "of", are
 * left out, unless the query has no others.
 */
final class QueryTerms {
  private static final String STOP_WORDS =
      """
      a an and are as at be been but by can could did do does for from had has have how i if in \
      into is it its me my no not of on or our should so such that the their then there these they \
      this to was we were what when where which who why will with would you your\
      """;

  private final Analyzer analyzer;
  private final int max;
  private final Set<BytesRef> stopTerms;

  /**
   * @param max how many different terms a query may have; the rest, which come last, are left out
   */
  QueryTerms(Analyzer analyzer, int max) {
    this.analyzer = analyzer;
    this.max = max;
    this.stopTerms = Set.copyOf(terms(STOP_WORDS, Integer.MAX_VALUE).keySet());
  }

  /** Each different term with how often it occurs; none for a text of punctuation. */
  Map<BytesRef, Integer> of(String text) {
    Map<BytesRef, Integer> all = terms(text, max + stopTerms.size());
    Map<BytesRef, Integer> telling = new LinkedHashMap<>(all);
    telling.keySet().removeAll(stopTerms);
    return first(telling.isEmpty() ? all : telling);
  }

  private Map<BytesRef, Integer> first(Map<BytesRef, Integer> terms) {
    if (terms.size() <= max) {
      return terms;
    }
    Map<BytesRef, Integer> first = new LinkedHashMap<>();
    terms.entrySet().stream().limit(max).forEach(e -> first.put(e.getKey(), e.getValue()));
    return first;
  }

  private Map<BytesRef, Integer> terms(String text, int most) {
    Map<BytesRef, Integer> terms = new LinkedHashMap<>();
    try (TokenStream stream = analyzer.tokenStream("", WordAnalyzer.spelledOut(text))) {
      TermToBytesRefAttribute term = stream.getAttribute(TermToBytesRefAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        BytesRef bytes = term.getBytesRef();
        if (terms.size() < most || terms.containsKey(bytes)) {
          terms.merge(BytesRef.deepCopyOf(bytes), 1, Integer::sum);
        }
      }
      stream.end();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can't fail to be read", e);
    }
    return terms;
  }
}
