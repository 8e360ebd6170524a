package dev.aidb.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.embedding.EmbeddingModel;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.operation.Caller;
import dev.aidb.operation.RecordBinder;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.search.SearchInput.Mode;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers while a part of the search is down, over real rows and a real index. */
class DegradedSearchTest {
  private static final Caller CALLER = new Caller("c", Set.of(Scope.READ), Optional.empty());

  @TempDir private Path directory;
  private final Database database = PostgresForTests.freshDatabase();
  private final SwitchedModel model = new SwitchedModel();
  private final Embedder embedder =
      new Embedder(
          model, EmbedderSettings.inProcess(1), new EmbeddingMetrics(new PrometheusRegistry()));
  private LuceneIndex index;
  private Projection projection;
  private Search search;

  /** A model that can be switched off. */
  private static final class SwitchedModel implements EmbeddingModel {
    private volatile Optional<AidbException> failure = Optional.empty();

    @Override
    public String name() {
      return "switched";
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public int maxTokens() {
      return 256;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      if (failure.isPresent()) {
        throw failure.get();
      }
      return texts.stream().map(t -> new Embedding(new float[] {1, 0}, 3, false)).toList();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void open() {
    index = LuceneIndex.open(directory);
    projection =
        new Projection(
            database,
            new ChangeLog(database),
            index,
            () -> {},
            new Projection.Settings(
                Duration.ofSeconds(1), Duration.ofSeconds(5), UUID.randomUUID()));
    CollectionRegistry collections = new CollectionRegistry(database);
    collections.ensureBuiltIns(model.name(), model.dimension());
    search =
        new Search(
            collections,
            embedder,
            index,
            projection,
            new RecordRows(database, 1_000_000),
            1_000_000);
    row("north", "the red fox", "{\"n\": 1}", 1, 0);
    row("north", "a fox, a red fox, a fox", "{\"n\": 2}", 0, 1);
    row("south", "a blue fox", "{\"n\": 3}", -1, 0);
    row("south", "a blue whale", "{\"n\": 4}", 0.6f, 0.8f);
  }

  private void row(String project, String content, String metadata, float x, float y) {
    UUID document = UUID.randomUUID();
    byte[] vector =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(x).putFloat(y).array();
    database.useTransaction(handle -> {
      handle.execute(
          """
          INSERT INTO document (id, collection, project, path, title, content, content_type, metadata, status, checksum)
          VALUES (?, 'nixos_docs', ?, ?, 'title', ?, 'text/plain', ?::jsonb, 'approved', ''::bytea)
          """,
          document,
          project,
          content,
          content,
          metadata);
      handle.execute(
          """
          INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
          VALUES (?, ?, '0', ?, ?, nextval('record_version'))
          """,
          UUID.randomUUID(),
          document,
          content,
          vector);
    });
  }

  @AfterEach
  void close() {
    projection.close();
    embedder.close();
    index.close();
    database.close();
  }

  private Search.Page ask(Map<String, Object> fields) {
    Map<String, Object> all = new HashMap<>(Map.of("query", "fox"));
    all.putAll(fields);
    return search.search(RecordBinder.of(SearchInput.class).bind(all), CALLER);
  }

  private static AidbException down() {
    return AidbException.unavailable("the model is down", Duration.ofSeconds(1), null);
  }

  @Test
  void answersByKeywordsWhileTheModelIsDownAndFullyAfterwards() {
    projection.start();
    model.failure = Optional.of(down());
    for (String mode : List.of("hybrid", "vector")) {
      Search.Page page = ask(Map.of("mode", mode));
      assertThat(page.mode()).isEqualTo(Mode.KEYWORD);
      assertThat(page.degraded()).containsExactly("embeddings");
      assertThat(page.total()).isEqualTo(3);
      assertThat(page.results()).hasSize(3).allMatch(r -> r.score() > 0);
    }
    model.failure = Optional.empty();
    Search.Page page = ask(Map.of("mode", "vector"));
    assertThat(page.mode()).isEqualTo(Mode.VECTOR);
    assertThat(page.degraded()).isEmpty();
    assertThat(page.total()).isEqualTo(4);
  }

  @Test
  void needsNoModelForKeywordsOrAGivenVector() {
    projection.start();
    model.failure = Optional.of(down());
    assertThat(ask(Map.of("mode", "keyword")).degraded()).isEmpty();
    Search.Page page = ask(Map.of("mode", "vector", "embedding", List.of(1, 0)));
    assertThat(page.degraded()).isEmpty();
    assertThat(page.results().getFirst().content()).isEqualTo("the red fox");
  }

  @Test
  void aBusyModelIsNotAModelThatIsDown() {
    projection.start();
    model.failure = Optional.of(AidbException.overloaded("busy", Duration.ofSeconds(1)));
    assertThatThrownBy(() -> ask(Map.of()))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
  }

  @Test
  void answersFromTheRowsWhileTheIndexIsNotReady() {
    for (String mode : List.of("hybrid", "vector", "keyword")) {
      Search.Page page = ask(Map.of("mode", mode));
      assertThat(page.mode()).isEqualTo(Mode.KEYWORD);
      assertThat(page.degraded()).containsExactly("index");
      assertThat(page.total()).isEqualTo(3);
    }
    assertThat(ask(Map.of("project", "south")).total()).isEqualTo(1);
    assertThat(ask(Map.of("query", "whale zebra")).total()).isEqualTo(1);
    Map<String, Object> aboveOne =
        Map.of("must", List.of(Map.of("key", "n", "range", Map.of("gt", 1))));
    assertThat(ask(Map.of("filter", aboveOne)).total()).isEqualTo(2);
    Search.Page second = ask(Map.of("limit", 1, "offset", 1));
    assertThat(second.results()).hasSize(1);
    assertThat(second.results().getFirst().id())
        .isNotEqualTo(ask(Map.of("limit", 1)).results().getFirst().id());
    // Afterwards the same question is asked of the index.
    projection.start();
    assertThat(ask(Map.of()).degraded()).isEmpty();
  }

  @Test
  void keepsAPageForAsLongAsTheIndexStays() {
    projection.start();
    Search.Page first = ask(Map.of());
    assertThat(ask(Map.of())).isSameAs(first);
    assertThat(ask(Map.of("limit", 9))).isNotSameAs(first);
    row("north", "another fox", "{}", 0, -1);
    projection.verify(); // brings the new row into the index
    assertThat(ask(Map.of())).isNotSameAs(first);
    assertThat(ask(Map.of("mode", "keyword")).total()).isEqualTo(4);
  }

  @Test
  void aQuestionIsAllThatItsAnswerDependsOn() {
    RecordBinder<SearchInput> binder = RecordBinder.of(SearchInput.class);
    Map<String, Object> fields = Map.of("query", "fox", "embedding", List.of(1, 0));
    Search.Question question = Search.Question.of(binder.bind(fields), 7);
    Search.Question same = Search.Question.of(binder.bind(fields), 7);
    assertThat(question).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(question).isNotEqualTo(Search.Question.of(binder.bind(fields), 8));
    for (Map.Entry<String, Object> change :
        Map.<String, Object>of(
                "query",
                "foxes",
                "embedding",
                List.of(0, 1),
                "limit",
                11,
                "offset",
                1,
                "min_score",
                0.1,
                "project",
                "p",
                "mode",
                "vector",
                "include",
                List.of("content"),
                "max_tokens",
                100,
                "collection",
                "tool_schemas")
            .entrySet()) {
      Map<String, Object> changed = new HashMap<>(fields);
      changed.put(change.getKey(), change.getValue());
      assertThat(Search.Question.of(binder.bind(changed), 7))
          .as(change.getKey())
          .isNotEqualTo(question);
    }
  }
}
