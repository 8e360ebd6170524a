package dev.aidb.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.UnitVectors;
import dev.aidb.documents.Collection;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.PendingEmbedding;
import dev.aidb.index.ArmPage;
import dev.aidb.index.DenseQuery;
import dev.aidb.index.KeywordQuery;
import dev.aidb.index.RecordFilter;
import dev.aidb.index.VectorIndex;
import dev.aidb.operation.Caller;
import dev.aidb.projection.Projection;
import dev.aidb.search.Fused.Standing;
import dev.aidb.search.SearchAnswer.Arm;
import dev.aidb.search.SearchAnswer.Explanation;
import dev.aidb.search.SearchAnswer.Result;
import dev.aidb.search.SearchInput.Include;
import dev.aidb.search.SearchInput.Mode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers questions to collections. */
public final class Search {
  private static final Logger LOG = System.getLogger(Search.class.getName());

  /** Where a BM25 score becomes a half: score / (score + this). */
  private static final double KEYWORD_HALF = 10;

  private final CollectionRegistry collections;
  private final Embedder embedder;
  private final VectorIndex index;
  private final Projection projection;
  private final RecordRows rows;
  private final Cache<Question, Page> pages;

  /**
   * @param pagesBytesMax about how much heap pages of results may take, kept for as long as the
   *     index doesn't change
   * @param headsBytesMax about how much heap the titles and places of records may take
   */
  public record Settings(long pagesBytesMax, long headsBytesMax) {}

  Search(
      CollectionRegistry collections,
      Embedder embedder,
      VectorIndex index,
      Projection projection,
      RecordRows rows,
      long pagesBytesMax) {
    this.collections = collections;
    this.embedder = embedder;
    this.index = index;
    this.projection = projection;
    this.rows = rows;
    this.pages =
        Caffeine.newBuilder()
            .maximumWeight(pagesBytesMax)
            .<Question, Page>weigher(Search::weight)
            .build();
  }

  /** All that an answer depends on, the index's epoch included. */
  record Question(SearchInput input, int vectorHash, long epoch) {
    static Question of(SearchInput input, long epoch) {
      return new Question(input, Arrays.hashCode(input.embedding()), epoch);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Question q
          && epoch == q.epoch
          && vectorHash == q.vectorHash
          && Arrays.equals(input.embedding(), q.input.embedding())
          && withoutVector(input).equals(withoutVector(q.input));
    }

    @Override
    public int hashCode() {
      return 31 * (31 * vectorHash + input.query().hashCode())
          + Long.hashCode(epoch)
          + input.offset();
    }

    private static SearchInput withoutVector(SearchInput i) {
      return i.embedding() == null
          ? i
          : new SearchInput(
              i.collection(),
              i.query(),
              i.limit(),
              i.offset(),
              i.minScore(),
              i.project(),
              i.filter(),
              i.mode(),
              null,
              i.include(),
              i.maxTokens());
    }
  }

  private static int weight(Question question, Page page) {
    SearchInput input = question.input;
    long bytes = HeapEstimate.of(input.query()) + HeapEstimate.of(input.embedding());
    if (input.filter() != null) {
      bytes += HeapEstimate.of(input.filter().toString());
    }
    for (Result result : page.results) {
      bytes +=
          HeapEstimate.of(result)
              + HeapEstimate.of(result.title())
              + HeapEstimate.of(result.project())
              + HeapEstimate.of(result.content())
              + HeapEstimate.of(result.metadata())
              + HeapEstimate.of(result.embedding());
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /** What a search found, before it is fitted to a budget and timed. */
  record Page(List<Result> results, long total, List<String> degraded, Mode mode) {}

  /** One place of the ranking. */
  private record Ranked(
      UUID id, long version, double score, Optional<Standing> dense, Optional<Standing> keyword) {}

  private record Ranking(List<Ranked> page, long total) {}

  /** The page of results that the input asks for. */
  Page search(SearchInput input, Caller caller) {
    Collection collection = collections.require(input.collection(), caller);
    RecordFilter filter = filter(input);
    checkDimension(input, collection);
    if (!projection.ready()) {
      return withoutIndex(input, collection, filter);
    }
    Question question = Question.of(input, index.epoch());
    Page cached = pages.getIfPresent(question);
    if (cached != null) {
      return cached;
    }
    Page page;
    try {
      page = withIndex(input, collection, filter);
    } catch (AidbException e) {
      if (e.code() != ErrorCode.UNAVAILABLE || !indexDown()) {
        throw e;
      }
      return withoutIndex(input, collection, filter);
    }
    if (page.degraded().isEmpty()) {
      pages.put(question, page);
    }
    return page;
  }

  private boolean indexDown() {
    try {
      index.check();
      return !projection.ready();
    } catch (AidbException e) {
      return true;
    }
  }

  private Page withIndex(SearchInput input, Collection collection, RecordFilter filter) {
    if (input.mode() == Mode.KEYWORD) {
      return page(keyword(input, filter), input, collection, Mode.KEYWORD, List.of());
    }
    try (QueryVector vector = queryVector(input, collection)) {
      Optional<ArmPage> keyword =
          input.mode() == Mode.HYBRID
              // Found while the text is being embedded.
              ? Optional.of(keywordArm(input, collection, filter))
              : Optional.empty();
      Optional<float[]> found = vector.await();
      if (found.isEmpty()) {
        return page(keyword(input, filter), input, collection, Mode.KEYWORD, List.of("embeddings"));
      }
      Ranking ranking =
          keyword
              .map(words -> hybrid(input, collection, filter, found.get(), words))
              .orElseGet(() -> dense(input, filter, found.get()));
      return page(ranking, input, collection, input.mode(), List.of());
    }
  }

  private Page page(
      Ranking ranking, SearchInput input, Collection collection, Mode mode, List<String> degraded) {
    return new Page(results(ranking.page, input, collection), ranking.total, degraded, mode);
  }

  /** A query's vector, given or on its way. */
  private interface QueryVector extends AutoCloseable {
    /** The vector; empty when there is no model to make it or the model is down. */
    Optional<float[]> await();

    @Override
    default void close() {}
  }

  private QueryVector queryVector(SearchInput input, Collection collection) {
    float[] given = input.embedding();
    if (given != null) {
      return () -> Optional.of(UnitVectors.normalised(given));
    }
    if (!collection.model().equals(embedder.model())) {
      return Optional::empty;
    }
    if (input.mode() == Mode.VECTOR) { // there is nothing else to do meanwhile
      return () -> {
        try {
          return Optional.of(embedder.embedQuery(input.query()).vector());
        } catch (AidbException e) {
          return withoutModel(e);
        }
      };
    }
    PendingEmbedding pending;
    try {
      pending = embedder.begin(input.query());
    } catch (AidbException e) {
      return () -> withoutModel(e);
    }
    return new QueryVector() {
      @Override
      public Optional<float[]> await() {
        try {
          return Optional.of(pending.await().vector());
        } catch (AidbException e) {
          return withoutModel(e);
        }
      }

      @Override
      public void close() {
        pending.close();
      }
    };
  }

  /** Keywords must do when the model is down; any other failure is the search's. */
  private static Optional<float[]> withoutModel(AidbException failure) {
    if (failure.code() != ErrorCode.UNAVAILABLE) {
      throw failure;
    }
    LOG.log(Level.WARNING, "A search is answered by keywords alone: {0}", failure.detail());
    return Optional.empty();
  }

  private Ranking dense(SearchInput input, RecordFilter filter, float[] vector) {
    ArmPage arm =
        index.dense(
            new DenseQuery(
                input.collection(),
                vector,
                filter,
                input.minScore(),
                input.offset(),
                input.limit()));
    List<Ranked> page = new ArrayList<>(arm.hits().size());
    for (ArmPage.Hit hit : arm.hits()) {
      Standing standing = new Standing(input.offset() + page.size() + 1, hit.score());
      page.add(
          new Ranked(
              hit.id(),
              hit.version(),
              Math.clamp(hit.score(), 0, 1),
              Optional.of(standing),
              Optional.empty()));
    }
    return new Ranking(page, arm.total());
  }

  private Ranking keyword(SearchInput input, RecordFilter filter) {
    ArmPage arm =
        index.keyword(
            new KeywordQuery(
                input.collection(),
                input.query(),
                filter,
                input.minScore(),
                input.offset(),
                input.limit()));
    List<Ranked> page = new ArrayList<>(arm.hits().size());
    for (ArmPage.Hit hit : arm.hits()) {
      Standing standing = new Standing(input.offset() + page.size() + 1, hit.score());
      double score = hit.score() / (hit.score() + KEYWORD_HALF);
      page.add(new Ranked(hit.id(), hit.version(), score, Optional.empty(), Optional.of(standing)));
    }
    return new Ranking(page, arm.total());
  }

  private ArmPage keywordArm(SearchInput input, Collection collection, RecordFilter filter) {
    return index.keyword(
        new KeywordQuery(
            input.collection(), input.query(), filter, 0, 0, collection.fusion().depth()));
  }

  private Ranking hybrid(
      SearchInput input,
      Collection collection,
      RecordFilter filter,
      float[] vector,
      ArmPage keyword) {
    int depth = collection.fusion().depth();
    ArmPage dense = index.dense(DenseQuery.first(depth, input.collection(), vector, filter));
    Fused fused = Fused.of(dense.hits(), keyword.hits(), collection.fusion());
    // They stand in the order of their values: those that are too low are the last.
    int total = fused.count(input.minScore());
    int from = Math.min(input.offset(), total);
    List<Ranked> page =
        fused.slice(from, Math.min(total, from + input.limit())).stream()
            .map(item ->
                new Ranked(item.id(), item.version(), item.value(), item.dense(), item.keyword()))
            .toList();
    return new Ranking(page, total);
  }

  /** Keyword search over the rows themselves, for as long as the index is down or being built. */
  private Page withoutIndex(SearchInput input, Collection collection, RecordFilter filter) {
    List<RecordRows.Match> matches =
        rows.keyword(collection.name(), input.query(), filter).stream()
            .filter(match -> match.rank() >= input.minScore())
            .toList();
    int from = Math.min(input.offset(), matches.size());
    List<Ranked> page = new ArrayList<>();
    for (RecordRows.Match match :
        matches.subList(from, Math.min(matches.size(), from + input.limit()))) {
      Standing standing = new Standing(from + page.size() + 1, match.rank());
      page.add(
          new Ranked(
              match.id(),
              match.version(),
              Math.clamp(match.rank(), 0, 1),
              Optional.empty(),
              Optional.of(standing)));
    }
    return new Page(
        results(page, input, collection), matches.size(), List.of("index"), Mode.KEYWORD);
  }

  private List<Result> results(List<Ranked> page, SearchInput input, Collection collection) {
    if (page.isEmpty()) {
      return List.of();
    }
    Set<Include> include = input.include();
    Map<UUID, Long> versions = new LinkedHashMap<>();
    page.forEach(ranked -> versions.put(ranked.id(), ranked.version()));
    boolean content = include.contains(Include.CONTENT);
    boolean metadata = include.contains(Include.METADATA);
    boolean embedding = include.contains(Include.EMBEDDING);
    Map<UUID, RecordRows.Body> bodies =
        content || metadata || embedding
            ? rows.bodies(versions.keySet(), content, metadata, embedding)
            : rows.heads(versions);
    List<Result> results = new ArrayList<>(page.size());
    for (Ranked ranked : page) {
      // A record that was deleted between the ranking and this reading has no body: it is no longer
      // an answer.
      RecordRows.Body body = bodies.get(ranked.id());
      if (body != null) {
        results.add(result(ranked, body, collection.name(), include.contains(Include.EXPLAIN)));
      }
    }
    return results;
  }

  private static Result result(
      Ranked ranked, RecordRows.Body body, String collection, boolean explain) {
    Head head = body.head();
    return new Result(
        head.id(),
        ranked.score(),
        collection,
        head.project(),
        head.title(),
        body.content().orElse(null),
        body.metadata().orElse(null),
        head.documentId(),
        head.chunk(),
        body.embedding(),
        explain ? new Explanation(arm(ranked.dense()), arm(ranked.keyword())) : null,
        head.createdAt());
  }

  private static @Nullable Arm arm(Optional<Standing> standing) {
    return standing.map(s -> new Arm(s.rank(), s.score())).orElse(null);
  }

  private static RecordFilter filter(SearchInput input) {
    Optional<String> project = Optional.ofNullable(input.project());
    return input.filter() == null
        ? new RecordFilter(project, Optional.empty())
        : input.filter().toRecordFilter(project);
  }

  private static void checkDimension(SearchInput input, Collection collection) {
    float[] given = input.embedding();
    if (given != null && given.length != collection.dimension()) {
      throw AidbException.invalid(
          "embedding", "dimension", "must have " + collection.dimension() + " components");
    }
  }
}
