package dev.aidb.index.lucene;

import dev.aidb.core.AidbException;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.index.RecordFilter.Combined;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.RecordFilter.NumberRange;
import dev.aidb.index.RecordFilter.TextRange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.TermsEnum.SeekStatus;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.StringHelper;
import org.jspecify.annotations.Nullable;

/** The documents of one segment that satisfy a filter, deleted ones among them. */
final class FilterTerms {
  private final LeafReader segment;

  FilterTerms(LeafReader segment) {
    this.segment = segment;
  }

  /** Refuses what can't be decided exactly, before any segment is looked at. */
  static void validate(RecordFilter filter) {
    filter.where().ifPresent(FilterTerms::validate);
  }

  private static void validate(Clause clause) {
    switch (clause) {
      case Combined combined -> {
        combined.must().forEach(FilterTerms::validate);
        combined.should().forEach(FilterTerms::validate);
        combined.mustNot().forEach(FilterTerms::validate);
      }
      case TextRange range -> {
        validate(range.lower());
        validate(range.upper());
      }
      case Match match -> match.values().forEach(value -> MetadataTerms.term(match.key(), value));
      case NumberRange range -> {
        // Every number can be compared.
      }
    }
  }

  private static void validate(Bound<String> bound) {
    if (bound.value().isPresent() && !MetadataTerms.isWhole(bound.value().get())) {
      throw AidbException.invalid(
          "filter",
          "max_length",
          "a text that bounds a range must have at most %d bytes"
              .formatted(MetadataTerms.WHOLE_BYTES_MAX));
    }
  }

  FixedBitSet matching(RecordFilter filter) throws IOException {
    FixedBitSet matching = null;
    if (filter.project().isPresent()) {
      matching = none();
      Terms projects = segment.terms(RecordDocument.PROJECT);
      addTerm(projects, new BytesRef(filter.project().get()), matching);
    }
    if (filter.where().isPresent()) {
      FixedBitSet where = matching(filter.where().get());
      if (matching == null) {
        return where;
      }
      matching.and(where);
    }
    return matching == null ? all() : matching;
  }

  private FixedBitSet matching(Clause clause) throws IOException {
    return switch (clause) {
      case Combined combined -> combined(combined);
      case Match match -> match(match);
      case NumberRange range -> {
        BytesRef prefix = MetadataTerms.numbers(range.key());
        yield range(
            prefix,
            bound(range.key(), range.lower()),
            range.lower().inclusive(),
            bound(range.key(), range.upper()),
            range.upper().inclusive());
      }
      case TextRange range -> {
        BytesRef prefix = MetadataTerms.texts(range.key());
        yield range(
            prefix,
            bound(range.key(), range.lower()),
            range.lower().inclusive(),
            bound(range.key(), range.upper()),
            range.upper().inclusive());
      }
    };
  }

  private FixedBitSet combined(Combined combined) throws IOException {
    FixedBitSet matching = all();
    for (Clause clause : combined.must()) {
      matching.and(matching(clause));
    }
    if (!combined.should().isEmpty()) {
      matching.and(any(combined.should()));
    }
    for (Clause clause : combined.mustNot()) {
      matching.andNot(matching(clause));
    }
    return matching;
  }

  private FixedBitSet any(List<Clause> clauses) throws IOException {
    FixedBitSet any = none();
    for (Clause clause : clauses) {
      any.or(matching(clause));
    }
    return any;
  }

  private FixedBitSet match(Match match) throws IOException {
    FixedBitSet matching = none();
    Terms terms = segment.terms(RecordDocument.METADATA);
    for (Object value : match.values()) {
      addTerm(terms, MetadataTerms.term(match.key(), value), matching);
    }
    return matching;
  }

  private static <T> Optional<BytesRef> bound(String key, Bound<T> bound) {
    return bound.value().map(value -> MetadataTerms.term(key, value));
  }

  private FixedBitSet range(
      BytesRef prefix,
      Optional<BytesRef> lower,
      boolean lowerIn,
      Optional<BytesRef> upper,
      boolean upperIn)
      throws IOException {
    FixedBitSet matching = none();
    Terms terms = segment.terms(RecordDocument.METADATA);
    if (terms == null) {
      return matching;
    }
    TermsEnum each = terms.iterator();
    SeekStatus found = each.seekCeil(lower.orElse(prefix));
    if (found == SeekStatus.FOUND && lower.isPresent() && !lowerIn) {
      found = each.next() == null ? SeekStatus.END : SeekStatus.NOT_FOUND;
    }
    PostingsEnum postings = null;
    boolean more = found != SeekStatus.END;
    while (more && StringHelper.startsWith(each.term(), prefix)) {
      if (upper.isPresent()) {
        int order = each.term().compareTo(upper.get());
        if (order > 0 || (order == 0 && !upperIn)) {
          break;
        }
      }
      postings = each.postings(postings, PostingsEnum.NONE);
      matching.or(postings);
      more = each.next() != null;
    }
    return matching;
  }

  private static void addTerm(@Nullable Terms terms, BytesRef term, FixedBitSet to)
      throws IOException {
    if (terms == null) {
      return;
    }
    TermsEnum each = terms.iterator();
    if (each.seekExact(term)) {
      to.or(each.postings(null, PostingsEnum.NONE));
    }
  }

  private FixedBitSet none() {
    return new FixedBitSet(segment.maxDoc());
  }

  private FixedBitSet all() {
    FixedBitSet all = none();
    all.set(0, segment.maxDoc());
    return all;
  }
}
