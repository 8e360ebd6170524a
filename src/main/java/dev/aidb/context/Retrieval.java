package dev.aidb.context;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.documents.Collection;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.operation.Caller;
import dev.aidb.search.SearchAnswer;
import dev.aidb.search.SearchInput;
import dev.aidb.search.SearchInput.Include;
import dev.aidb.search.SearchInput.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The first stage: finds what may bear on a question, in every collection that may hold it. */
final class Retrieval {
  /** So many candidates are looked at closer, and so many of each collection come to be chosen. */
  static final int DEPTH = 50;

  /** So many collections are searched when none is named. */
  static final int COLLECTIONS_MAX = 12;

  /** Where knowledge is looked for first. */
  private static final List<String> FIRST =
      List.of("nixos_docs", "solved_issues", "skill_embeddings");

  /** What describes the server and its tools rather than the world. */
  private static final Set<String> NOT_KNOWLEDGE =
      Set.of("telemetry_patterns", "system_registry", "tool_schemas");

  /** A search, as the search feature answers it. */
  @FunctionalInterface
  interface Searching {
    SearchAnswer search(SearchInput input, Caller caller);
  }

  private final CollectionRegistry collections;
  private final Embedder embedder;
  private final Searching search;
  private final PassageRows rows;

  Retrieval(CollectionRegistry collections, Embedder embedder, Searching search, PassageRows rows) {
    this.collections = collections;
    this.embedder = embedder;
    this.search = search;
    this.rows = rows;
  }

  /**
   * Where to look.
   *
   * @param project only of this project; empty for all of them
   * @param collections only in these; empty for those that are usual
   */
  record Scope(Optional<String> project, List<String> collections) {
    static final Scope USUAL = new Scope(Optional.empty(), List.of());
  }

  /**
   * What was found.
   *
   * @param candidates the most promising first, at most {@link #DEPTH}
   * @param searched the names of the collections that were searched
   * @param degraded what was down, as a search says it
   */
  record Found(
      Question question,
      List<Candidate> candidates,
      List<String> searched,
      List<String> degraded) {}

  private record Hit(UUID id, Optional<Double> cosine, double words, boolean comparable) {
    double promise() {
      return Math.max(0, cosine.orElse(0.0)) + words;
    }
  }

  /**
   * @throws AidbException UNKNOWN_COLLECTION for a named one that the caller doesn't know, and as a
   *     search does
   */
  Found find(String query, Caller caller, Scope scope) {
    List<Collection> where = collections(caller, scope);
    Set<String> degraded = new LinkedHashSet<>();
    Optional<float[]> vector = where.isEmpty() ? Optional.empty() : vector(query, degraded);
    List<Hit> hits = new ArrayList<>();
    for (Collection collection : where) {
      boolean comparable = collection.model().equals(embedder.model());
      SearchAnswer answer =
          search.search(
              input(collection, query, scope, comparable ? vector : Optional.empty()), caller);
      if (answer.degraded() != null) {
        degraded.addAll(answer.degraded());
      }
      answer.results().forEach(result -> hits.add(hit(result, answer.mode(), comparable)));
    }
    Question question = Question.of(query, vector);
    return new Found(
        question,
        candidates(question, hits, caller),
        where.stream().map(Collection::name).toList(),
        List.copyOf(degraded));
  }

  /** The names of the collections that are searched when none is named. */
  List<String> usual(Caller caller) {
    return collections(caller, Scope.USUAL).stream().map(Collection::name).toList();
  }

  private List<Collection> collections(Caller caller, Scope scope) {
    if (!scope.collections.isEmpty()) {
      return scope.collections.stream()
          .distinct()
          .map(name -> collections.require(name, caller))
          .toList();
    }
    List<Collection> known =
        collections.all(caller).stream()
            .filter(collection -> !NOT_KNOWLEDGE.contains(collection.name()))
            .toList();
    Set<String> filled = Set.copyOf(rows.filled(known.stream().map(Collection::name).toList()));
    return known.stream()
        .filter(collection -> filled.contains(collection.name()))
        .sorted(
            Comparator.<Collection>comparingInt(collection -> rank(collection.name()))
                .thenComparing(Collection::name))
        .limit(COLLECTIONS_MAX)
        .toList();
  }

  private static int rank(String name) {
    int place = FIRST.indexOf(name);
    return place < 0 ? FIRST.size() : place;
  }

  /** Words must do when the model is down; any other failure is the question's. */
  private Optional<float[]> vector(String query, Set<String> degraded) {
    try {
      return Optional.of(embedder.embedQuery(query).vector());
    } catch (AidbException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        throw e;
      }
      degraded.add("embeddings");
      return Optional.empty();
    }
  }

  private static SearchInput input(
      Collection collection, String query, Scope scope, Optional<float[]> vector) {
    return new SearchInput(
        collection.name(),
        query,
        DEPTH,
        0,
        0,
        scope.project.orElse(null),
        null,
        vector.isPresent() ? Mode.HYBRID : Mode.KEYWORD,
        vector.orElse(null),
        Set.of(Include.EXPLAIN),
        null);
  }

  private static Hit hit(SearchAnswer.Result result, Mode mode, boolean comparable) {
    if (mode == Mode.KEYWORD) {
      return new Hit(result.id(), Optional.empty(), result.score(), comparable);
    }
    SearchAnswer.Explanation explained = result.explain();
    SearchAnswer.Arm dense = explained == null ? null : explained.dense();
    SearchAnswer.Arm keyword = explained == null ? null : explained.keyword();
    return new Hit(
        result.id(),
        dense == null ? Optional.empty() : Optional.of(dense.score()),
        keyword == null ? 0 : keyword.score() / (keyword.score() + 10),
        comparable);
  }

  private List<Candidate> candidates(Question question, List<Hit> hits, Caller caller) {
    List<Hit> best =
        hits.stream()
            .sorted(
                Comparator.comparingDouble(Hit::promise)
                    .reversed()
                    .thenComparing(hit -> hit.id().toString()))
            .limit(DEPTH)
            .toList();
    Map<UUID, Passage> passages = rows.read(best.stream().map(Hit::id).toList(), caller);
    List<Candidate> candidates = new ArrayList<>(best.size());
    for (Hit hit : best) {
      Passage passage = passages.get(hit.id()); // absent where it was deleted meanwhile
      if (passage != null) {
        candidates.add(new Candidate(passage, cosine(question, passage, hit), hit.words()));
      }
    }
    return candidates;
  }

  private static double cosine(Question question, Passage passage, Hit hit) {
    float[] vector = question.vector().orElse(null);
    return hit.comparable() && vector != null && vector.length == passage.embedding().length
        ? Diversity.dot(vector, passage.embedding())
        : 0;
  }
}
