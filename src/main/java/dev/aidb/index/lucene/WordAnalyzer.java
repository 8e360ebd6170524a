package dev.aidb.index.lucene;

import static org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS;
import static org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter.GENERATE_WORD_PARTS;
import static org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter.PRESERVE_ORIGINAL;
import static org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE;
import static org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE;

import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/**
 * Makes terms of titles, contents and queries: English stems in lower case without accents;
 * identifiers such as {@code services.nginx.enable}, {@code foo_bar} and {@code camelCase} whole
 * and in parts; Chinese, Japanese and Korean as single characters and pairs. Stop words stay in the
 * index, so that a query of nothing else finds something; see {@link QueryTerms}.
 */
final class WordAnalyzer extends Analyzer {
  private static final int SPLITTING =
      GENERATE_WORD_PARTS
          | GENERATE_NUMBER_PARTS
          | PRESERVE_ORIGINAL
          | SPLIT_ON_CASE_CHANGE
          | STEM_ENGLISH_POSSESSIVE;

  private static final int ALL_SCRIPTS =
      CJKBigramFilter.HAN
          | CJKBigramFilter.HIRAGANA
          | CJKBigramFilter.KATAKANA
          | CJKBigramFilter.HANGUL;

  private static final Pattern PLUS_PLUS = Pattern.compile("(?<!\\w)([cCgG])\\+\\+(?![\\w+])");
  private static final Pattern SHARP = Pattern.compile("(?<!\\w)([cCfFjJ])#(?![\\w#])");

  /** Spells out the few names of languages whose signs a tokenizer would drop. */
  static String spelledOut(String text) {
    String spelled = text;
    if (text.contains("++")) {
      spelled = PLUS_PLUS.matcher(spelled).replaceAll("$1plusplus");
    }
    if (text.indexOf('#') >= 0) {
      spelled = SHARP.matcher(spelled).replaceAll("$1sharp");
    }
    return spelled;
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    Tokenizer source = new StandardTokenizer();
    TokenStream terms = new CJKBigramFilter(source, ALL_SCRIPTS, true);
    terms = new WordDelimiterGraphFilter(terms, SPLITTING, CharArraySet.EMPTY_SET);
    terms = new EnglishPossessiveFilter(new LowerCaseFilter(terms));
    terms = new PorterStemFilter(new ASCIIFoldingFilter(terms));
    return new TokenStreamComponents(source, terms);
  }
}
