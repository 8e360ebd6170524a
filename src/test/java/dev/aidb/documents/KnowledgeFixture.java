package dev.aidb.documents;

import dev.aidb.chunking.ContentType;
import dev.aidb.chunking.Outline;
import dev.aidb.core.UuidV7Source;
import dev.aidb.embedding.Embedder;
import dev.aidb.embedding.EmbedderSettings;
import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.EmbeddingMetrics;
import dev.aidb.embedding.EmbeddingModel;
import dev.aidb.embedding.Tokenizer;
import dev.aidb.index.VectorIndex;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The feature over a real server and a real index, with a model made for tests. */
final class KnowledgeFixture implements AutoCloseable {
  static final String COLLECTION = "nixos_docs";
  static final Caller CALLER =
      new Caller("test", Set.of(Scope.READ, Scope.WRITE, Scope.ADMIN), Optional.empty());
  private static final Pattern WORD = Pattern.compile("\\S+");

  final Database database = PostgresForTests.freshDatabase();
  final CollectionRegistry collections = new CollectionRegistry(database);
  final DocumentRows rows = new DocumentRows(database, new ChangeLog(database));
  final HashModel model = new HashModel();
  final Embedder embedder =
      new Embedder(
          model, EmbedderSettings.inProcess(1), new EmbeddingMetrics(new PrometheusRegistry()));
  private final Path directory;
  private final UUID node = UUID.randomUUID();

  // Exchanged by a restart.
  VectorIndex index;
  Projection projection;
  Documents documents;
  Intake intake;
  CallerVectors vectors;

  KnowledgeFixture(Path directory) {
    this.directory = directory;
    collections.ensureBuiltIns(model.name(), model.dimension());
    database.useHandle(handle ->
        handle.execute(
            "UPDATE collection SET chunking = '{\"max_tokens\": 32, \"overlap_tokens\": 4}'"));
    collections.refresh();
    index = LuceneIndex.open(directory);
    projection = started(index);
    documents = new Documents(database, rows, projection);
    intake =
        new Intake(
            database, rows, embedder, KnowledgeFixture::words, projection, UuidV7Source.system());
    vectors = new CallerVectors(database, collections, embedder, projection, UuidV7Source.system());
  }

  /** What wasn't committed to the index is lost, as in a crash. */
  void crash() {
    index.close();
    projection.close();
    index = LuceneIndex.open(directory);
    projection = started(index);
    documents = new Documents(database, rows, projection);
    intake =
        new Intake(
            database, rows, embedder, KnowledgeFixture::words, projection, UuidV7Source.system());
    vectors = new CallerVectors(database, collections, embedder, projection, UuidV7Source.system());
  }

  private Projection started(VectorIndex over) {
    Projection fresh =
        new Projection(
            database,
            new ChangeLog(database),
            over,
            () -> {},
            new Projection.Settings(Duration.ofMillis(10), Duration.ofMillis(50), node));
    fresh.start();
    return fresh;
  }

  Intake.Answer.Put put(String path, String content, Map<String, Object> metadata, Status status) {
    DocumentDraft draft =
        new DocumentDraft(
            collections.require(COLLECTION, CALLER),
            "default",
            path,
            "Title",
            content,
            ContentType.parse("text/plain"),
            metadata,
            Optional.empty(),
            status);
    return intake.put(new Arrival(draft, Outline.read(draft.contentType(), content)));
  }

  List<CallerVectors.Placed> place(UUID document, String chunk, String content) {
    return vectors.put(
        List.of(new CallerVectors.Item(document, chunk, Optional.of(content), null, Map.of())),
        CALLER);
  }

  private static Tokenizer.Tokens words(String text) {
    List<int[]> found = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      found.add(new int[] {word.start(), word.end()});
    }
    return new Tokenizer.Tokens(
        new int[found.size()],
        found.stream().mapToInt(w -> w[0]).toArray(),
        found.stream().mapToInt(w -> w[1]).toArray());
  }

  @Override
  public void close() {
    projection.close();
    index.close();
    embedder.close();
    database.close();
  }

  /** A direction by the text's hash; fails on demand. */
  static final class HashModel implements EmbeddingModel {
    volatile boolean down;

    @Override
    public String name() {
      return "hash";
    }

    @Override
    public int dimension() {
      return 4;
    }

    @Override
    public int maxTokens() {
      return 256;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      if (down) {
        throw dev.aidb.core.AidbException.unavailable("The model is down", Duration.ZERO, null);
      }
      return texts.stream().map(text -> new Embedding(vector(text), 1, false)).toList();
    }

    private static float[] vector(String text) {
      Random random = new Random(text.hashCode());
      float[] vector = new float[4];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) random.nextGaussian();
      }
      return dev.aidb.core.UnitVectors.normalised(vector);
    }

    @Override
    public void close() {}
  }
}
