package dev.aidb.index.lucene;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.RecordFilter.Bound;
import dev.aidb.index.RecordFilter.Clause;
import dev.aidb.index.RecordFilter.Combined;
import dev.aidb.index.RecordFilter.Match;
import dev.aidb.index.RecordFilter.NumberRange;
import dev.aidb.index.RecordFilter.TextRange;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.IndexReader.CacheHelper;
import org.apache.lucene.index.IndexReader.CacheKey;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What each segment's documents, or the vectors of one of its fields, make of a filter. A segment's
 * answer never changes but for deletions, which are kept apart, so an answer stays good until the
 * segment is merged away. Bounded by bytes. The sets handed out are shared: read only.
 */
final class FilterCache {
  /** Below that many documents, an answer is made anew each time. */
  private static final int SMALL = 512;

  private static final int ENTRY_BYTES = 256;

  private record Key(CacheKey owner, String field, RecordFilter filter) {}

  private final Cache<Key, FixedBitSet> sets;
  private final Set<CacheKey> owners = ConcurrentHashMap.newKeySet();

  FilterCache(long bytesMax) {
    this.sets =
        Caffeine.newBuilder()
            .maximumWeight(bytesMax)
            .weigher((Key key, FixedBitSet set) -> bytes(key, set))
            .executor(Runnable::run)
            .build();
  }

  /** The documents that satisfy a filter, deleted ones among them; null when every one does. */
  @Nullable FixedBitSet documents(LeafReader segment, RecordFilter filter) throws IOException {
    if (filter.equals(RecordFilter.ALL)) {
      return null;
    }
    return cached(
        segment,
        segment.getCoreCacheHelper(),
        "",
        filter,
        () -> new FilterTerms(segment).matching(filter));
  }

  /** The ordinals of vectors whose documents satisfy a filter; null when every one does. */
  @Nullable FixedBitSet ordinals(
      LeafReader segment, String field, FlatVectors vectors, RecordFilter filter)
      throws IOException {
    if (filter.equals(RecordFilter.ALL)) {
      return null;
    }
    return cached(
        segment,
        segment.getCoreCacheHelper(),
        field,
        filter,
        () -> {
          FixedBitSet documents = documents(segment, filter);
          return documents == null || vectors.size() == segment.maxDoc()
              ? documents
              : vectors.ordinals(documents);
        });
  }

  /** The ordinals of vectors that aren't deleted; null when none is. */
  @Nullable FixedBitSet live(LeafReader segment, String field, FlatVectors vectors)
      throws IOException {
    Bits live = segment.getLiveDocs();
    if (live == null) {
      return null;
    }
    return cached(
        segment,
        segment.getReaderCacheHelper(),
        field,
        RecordFilter.ALL,
        () -> vectors.ordinals(live));
  }

  private FixedBitSet cached(
      LeafReader segment,
      @Nullable CacheHelper owner,
      String field,
      RecordFilter filter,
      IOSupplier<FixedBitSet> make)
      throws IOException {
    if (owner == null || segment.maxDoc() < SMALL) {
      return make.get();
    }
    Key key = new Key(owner.getKey(), field, filter);
    FixedBitSet set = sets.getIfPresent(key);
    if (set == null) {
      set = make.get();
      forgetWith(owner);
      sets.put(key, set);
    }
    return set;
  }

  private void forgetWith(CacheHelper owner) {
    if (owners.add(owner.getKey())) {
      owner.addClosedListener(closed -> {
        owners.remove(closed);
        sets.asMap().keySet().removeIf(key -> key.owner.equals(closed));
      });
    }
  }

  private static int bytes(Key key, FixedBitSet set) {
    long bytes = ENTRY_BYTES + set.ramBytesUsed();
    if (key.filter.where().isPresent()) {
      bytes += bytes(key.filter.where().get());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  private static long bytes(Clause clause) {
    return ENTRY_BYTES
        + switch (clause) {
          case Combined c -> bytes(c.must()) + bytes(c.should()) + bytes(c.mustNot());
          case Match match ->
              text(match.key()) + match.values().stream().mapToLong(FilterCache::text).sum();
          case NumberRange range -> text(range.key());
          case TextRange range -> text(range.key()) + bytes(range.lower()) + bytes(range.upper());
        };
  }

  private static long bytes(List<Clause> clauses) {
    return clauses.stream().mapToLong(FilterCache::bytes).sum();
  }

  private static long bytes(Bound<String> bound) {
    return bound.value().map(FilterCache::text).orElse(0L);
  }

  private static long text(Object value) {
    return value instanceof String text ? 2L * text.length() + 48 : 24;
  }
}
