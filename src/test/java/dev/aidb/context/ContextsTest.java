package dev.aidb.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.core.UuidV7Source;
import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.embedding.EmbeddingModel;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import dev.aidb.search.SearchAnswer;
import dev.aidb.search.SearchInput;
import dev.aidb.store.Database;
import dev.aidb.store.Vectors;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From rows to prompts, over a real database and a search that finds everything. */
class ContextsTest {
  private static final Caller ALL = new Caller("a", Set.of(Scope.READ), Optional.empty());

  private final Database database = PostgresForTests.freshDatabase();
  private final CollectionRegistry collections = new CollectionRegistry(database);
  private final Embedder embedder =
      new Embedder(
          new Even(),
          EmbedderSettings.inProcess(1),
          new EmbeddingMetrics(new PrometheusRegistry()));
  private final ContextMetrics metrics = new ContextMetrics(new PrometheusRegistry());
  private final Sessions sessions =
      new Sessions(
          database, UuidV7Source.system(), Clock.systemUTC(), metrics, SessionSettings.usual());
  private final List<UUID> served = new ArrayList<>();
  private final Contexts contexts =
      new Contexts(
          database,
          new Retrieval(collections, embedder, this::search, new PassageRows(database)),
          new EvidenceReranker(),
          Samples.TOKENS,
          sessions,
          Clock.systemUTC(),
          served::add,
          metrics);

  /** A model for which all texts mean the same. */
  private static final class Even implements EmbeddingModel {
    @Override
    public String name() {
      return "even";
    }

    @Override
    public int dimension() {
      return 3;
    }

    @Override
    public int maxTokens() {
      return 256;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      return texts.stream().map(text -> new Embedding(new float[] {1, 0, 0}, 3, false)).toList();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void prepare() {
    collections.ensureBuiltIns("even", 3);
  }

  @AfterEach
  void close() {
    sessions.close();
    embedder.close();
    database.close();
  }

  private SearchAnswer search(SearchInput input, Caller caller) {
    List<SearchAnswer.Result> results =
        database.withHandle(handle ->
            handle
                .createQuery(
                    """
                    SELECT c.id, d.id AS document FROM chunk c JOIN document d ON d.id = c.document_id
                    WHERE d.collection = :collection ORDER BY c.id
                    """)
                .bind("collection", input.collection())
                .map((rs, context) -> result(rs.getObject("id", UUID.class), input))
                .list());
    return new SearchAnswer(
        results, results.size(), 0, 50, false, 0, null, SearchInput.Mode.HYBRID);
  }

  private static SearchAnswer.Result result(UUID id, SearchInput input) {
    return new SearchAnswer.Result(
        id,
        0.5,
        input.collection(),
        "default",
        "title",
        null,
        null,
        id,
        "0",
        null,
        new SearchAnswer.Explanation(null, new SearchAnswer.Arm(1, 10)),
        Instant.EPOCH);
  }

  private UUID document(String collection, String title, Map<String, String> chunks, float x) {
    UUID id = UUID.randomUUID();
    float[] vector = {x, (float) Math.sqrt(1 - x * x), 0};
    database.useTransaction(handle -> {
      handle.execute(
          """
          INSERT INTO document (id, collection, project, path, title, content, content_type, metadata, status, checksum)
          VALUES (?, ?, 'default', ?, ?, '', 'text/plain', '{}', 'approved', ''::bytea)
          """,
          id,
          collection,
          id.toString(),
          title);
      chunks.forEach((name, content) ->
          handle.execute(
              """
              INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
              VALUES (?, ?, ?, ?, ?, nextval('record_version'))
              """,
              chunks.size() == 1 ? id : UUID.randomUUID(),
              id,
              name,
              content,
              Vectors.toBytes(vector)));
    });
    return id;
  }

  private UUID solution(String query, String text, double value, float x) {
    UUID id = document("solved_issues", query, Map.of("0", text), x);
    database.useHandle(handle ->
        handle.execute(
            """
            INSERT INTO solution (id, digest, value_score, base_score, outcome, learned_by, created_at)
            VALUES (?, sha256(?::text::bytea), ?, 0, 'success', 'test', now())
            """,
            id,
            id,
            value));
    return id;
  }

  private static Contexts.Asked asked(String query, Level level, Caller caller) {
    return new Contexts.Asked(query, caller, Retrieval.Scope.USUAL, level, 2_000);
  }

  @Test
  void aSolutionIsServedWhenItIsQuotedAndOnlyOnceInASession() {
    UUID id = solution("open a port", "Use allowedTCPPorts.", 0.8, 0.9f);
    document("nixos_docs", "Ports", Map.of("0", "A port is a number."), 0.2f);

    Contexts.MadeTurn first =
        contexts.turn(asked("open a port", Level.STANDARD, ALL), Optional.empty(), Set.of());
    assertThat(served).containsExactly(id);
    Contexts.MadeTurn second =
        contexts.turn(
            asked("which port is open then", Level.STANDARD, ALL),
            Optional.of(first.session()),
            Set.of());
    assertThat(second.made().prompt().ids()).contains(id);
    assertThat(served).hasSize(1);

    assertThat(contexts.once(asked("open a port", Level.COMPREHENSIVE, ALL)).prompt().text())
        .contains("value=\"0.8\"");
    assertThat(served).hasSize(2);
  }

  @Test
  void searchesOnlyWhatIsSeenAndHoldsKnowledge() {
    document("nixos_docs", "Ports", Map.of("0", "A port is a number."), 0.9f);
    document("tool_schemas", "Tool", Map.of("0", "A tool for ports."), 0.9f);
    solution("open a port", "Use allowedTCPPorts.", 0.8, 0.5f);
    Caller limited = new Caller("b", Set.of(Scope.READ), Optional.of(Set.of("solved_issues")));

    assertThat(contexts.look("port", ALL, Retrieval.Scope.USUAL).found().searched())
        .containsExactly("nixos_docs", "solved_issues");
    assertThat(contexts.look("port", limited, Retrieval.Scope.USUAL).found().searched())
        .containsExactly("solved_issues");
  }

  @Test
  void theWidestLevelQuotesWhatStandsAround() {
    document(
        "nixos_docs",
        "Ports",
        Map.of(
            "0",
            "First part. Shared sentence here.",
            "1",
            "Shared sentence here. Second part, on a lighthouse.",
            "2",
            "Third part."),
        0.9f);

    String text = contexts.once(asked("lighthouse", Level.COMPREHENSIVE, ALL)).prompt().text();

    assertThat(text)
        .contains("First part. Shared sentence here. Second part, on a lighthouse.\nThird part.");
    assertThat(text.split("<source ", -1)).as("near duplicates are left out").hasSize(2);
  }

  @Test
  void whatIsNoLongerApprovedIsNotQuotedAgain() {
    UUID id = document("nixos_docs", "Ports", Map.of("0", "A port is a number."), 0.9f);
    Contexts.MadeTurn first =
        contexts.turn(asked("port number", Level.STANDARD, ALL), Optional.empty(), Set.of());
    assertThat(first.made().prompt().ids()).containsExactly(id);
    database.useHandle(
        handle -> handle.execute("UPDATE document SET status = 'rejected' WHERE id = ?", id));
    UUID other = document("nixos_docs", "Harbours", Map.of("0", "A harbour is no port."), 0.1f);

    Contexts.MadeTurn second =
        contexts.turn(
            asked("is it a harbour or another thing", Level.STANDARD, ALL),
            Optional.of(first.session()),
            Set.of());

    assertThat(second.made().prompt().ids()).containsExactly(other);
  }

  @Test
  void withoutAnyKnowledgeThereIsAnEmptyContext() {
    Contexts.MadeTurn turn =
        contexts.turn(asked("port", Level.STANDARD, ALL), Optional.empty(), Set.of());

    assertThat(turn.made().prompt().text()).isEmpty();
    assertThat(turn.made().standing().found().searched()).isEmpty();
    assertThat(turn.turn()).isEqualTo(1);
  }
}
