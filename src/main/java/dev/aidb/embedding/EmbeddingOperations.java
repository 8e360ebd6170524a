package dev.aidb.embedding;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.aidb.core.AidbException;
import dev.aidb.core.FieldError;
import dev.aidb.core.Text;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings as a service: in AIDB's own shape, in OpenAI's, and in that of Text Embeddings
 * Inference.
 */
public final class EmbeddingOperations {
  private static final int MAX_TEXTS = 64;
  private static final int MAX_CHARACTERS = 10_000;

  private final Embedder embedder;

  public EmbeddingOperations(Embedder embedder) {
    this.embedder = embedder;
  }

  @Description("Texts to embed")
  public record EmbedTexts(
      @Description(value = "1..64 texts of 1..10,000 characters", example = "[\"hello\"]")
          @NotNull
          @Size(min = 1, max = MAX_TEXTS)
          List<@Characters(min = 1, max = MAX_CHARACTERS) String> texts) {}

  @Description("The texts' vectors")
  public record Embedded(
      @Description("The model's name") String model,
      @Description("The number of components of each vector") int dimension,
      @Description("A vector of length 1 for each text, in order") List<float[]> embeddings,
      @Description(
              "Whether any text was longer than the model takes and was cut; absent when none was")
          @Nullable Boolean truncated) {}

  /** How OpenAI's clients want vectors written. */
  public enum EncodingFormat {
    FLOAT,
    BASE64
  }

  @Description("Texts to embed, in the shape of OpenAI's embeddings API")
  public record OpenAiRequest(
      @Description("A text, or a list of 1..64 texts")
          @NotNull
          @JsonBounds(maxBytes = 4_000_000, maxDepth = 2)
          Object input,
      @Description("Any name; the server has one model") @Characters(max = 200)
          @Nullable String model,
      @Description("float, or base64 of little-endian float32") @Default("float")
          EncodingFormat encodingFormat,
      @Description("Must be the model's own dimension when given") @Min(1) @Max(4096)
          @Nullable Integer dimensions,
      @Description("Passed over") @Characters(max = 200) @Nullable String user) {}

  @Description("The texts' vectors, in the shape of OpenAI's embeddings API")
  public record OpenAiAnswer(
      @Description("Always list") String object,
      @Description("One entry for each text, in order") List<OpenAiEmbedding> data,
      @Description("The model's name") String model,
      @Description("What was counted") Usage usage) {}

  @Description("One text's vector")
  public record OpenAiEmbedding(
      @Description("Always embedding") String object,
      @Description("The text's place in the request, from 0") int index,
      @Description("The vector: numbers, or base64") Object embedding) {}

  @Description("What was counted")
  public record Usage(
      @Description("Tokens of all texts") int promptTokens,
      @Description("The same") int totalTokens) {}

  @Description("Texts to embed, in the shape of Text Embeddings Inference")
  public record TeiRequest(
      @Description("A text, or a list of 1..64 texts")
          @NotNull
          @JsonBounds(maxBytes = 4_000_000, maxDepth = 2)
          Object inputs,
      @Description("Vectors are always of length 1; false is refused") @Default("true")
          boolean normalize,
      @Description("Whether a text that is too long is cut; else it is refused") @Default("true")
          boolean truncate) {}

  @Description("A vector for each text, in order")
  public record TeiAnswer(@JsonValue @Description("The vectors") List<float[]> vectors) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("embed", EmbedTexts.class, Embedded.class)
            .category("Embeddings")
            .title("Embed texts")
            .summary("Turns texts into vectors with the server's model.")
            .route(Method.POST, "/vector/embed")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::embed),
        Operation.named("embed_openai", OpenAiRequest.class, OpenAiAnswer.class)
            .category("Embeddings")
            .title("Embed texts (OpenAI)")
            .summary("The same in the shape of OpenAI's embeddings API, for clients that speak it.")
            .route(Method.POST, "/v1/embeddings")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::openAi),
        Operation.named("embed_tei", TeiRequest.class, TeiAnswer.class)
            .category("Embeddings")
            .title("Embed texts (TEI)")
            .summary(
                "The same in the shape of Text Embeddings Inference, for clients that speak it.")
            .route(Method.POST, "/embed")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::tei));
  }

  private Reply<Embedded> embed(EmbedTexts input, Call call) {
    List<Embedding> embeddings = embedder.embed(input.texts(), Lane.INTERACTIVE);
    boolean truncated = embeddings.stream().anyMatch(Embedding::truncated);
    return Reply.ok(
        new Embedded(
            embedder.model(), embedder.dimension(), vectors(embeddings), truncated ? true : null));
  }

  private Reply<OpenAiAnswer> openAi(OpenAiRequest input, Call call) {
    Integer dimensions = input.dimensions();
    if (dimensions != null && dimensions != embedder.dimension()) {
      throw AidbException.invalid("dimensions", "dimension", "must be " + embedder.dimension());
    }
    List<Embedding> embeddings = embedder.embed(texts("input", input.input()), Lane.INTERACTIVE);
    List<OpenAiEmbedding> data = new ArrayList<>(embeddings.size());
    int tokens = 0;
    for (Embedding embedding : embeddings) {
      float[] vector = embedding.vector();
      Object written = input.encodingFormat() == EncodingFormat.BASE64 ? base64(vector) : vector;
      data.add(new OpenAiEmbedding("embedding", data.size(), written));
      tokens += embedding.tokens();
    }
    return Reply.ok(new OpenAiAnswer("list", data, embedder.model(), new Usage(tokens, tokens)));
  }

  private Reply<TeiAnswer> tei(TeiRequest input, Call call) {
    if (!input.normalize()) {
      throw AidbException.invalid("normalize", "enum", "must be true");
    }
    List<Embedding> embeddings = embedder.embed(texts("inputs", input.inputs()), Lane.INTERACTIVE);
    if (!input.truncate() && embeddings.stream().anyMatch(Embedding::truncated)) {
      throw AidbException.invalid(
          "inputs", "max_tokens", "must have at most " + embedder.maxTokens() + " tokens each");
    }
    return Reply.ok(new TeiAnswer(vectors(embeddings)));
  }

  private static List<float[]> vectors(List<Embedding> embeddings) {
    return embeddings.stream().map(Embedding::vector).toList();
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** One text, or a list of them, checked as those of {@link EmbedTexts} are. */
  private static List<String> texts(String field, Object given) {
    List<?> each = given instanceof List<?> list ? list : List.of(given);
    List<FieldError> errors = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    if (each.isEmpty() || each.size() > MAX_TEXTS) {
      errors.add(
          new FieldError(
              field, each.isEmpty() ? "min_items" : "max_items", "must have 1 to 64 texts"));
    }
    for (int i = 0; errors.isEmpty() && i < each.size(); i++) {
      String path = given instanceof List<?> ? field + "[" + i + "]" : field;
      if (!(each.get(i) instanceof String text)) {
        errors.add(new FieldError(path, "type", "must be a text"));
      } else if (text.isEmpty() || Text.characters(text) > MAX_CHARACTERS) {
        errors.add(
            new FieldError(
                path,
                text.isEmpty() ? "min_length" : "max_length",
                "must have 1 to " + MAX_CHARACTERS + " characters"));
      } else {
        texts.add(text);
      }
    }
    if (!errors.isEmpty()) {
      throw AidbException.invalid(errors);
    }
    return texts;
  }
}
