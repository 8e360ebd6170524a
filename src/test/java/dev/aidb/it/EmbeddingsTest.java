package dev.aidb.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Embeddings in the three shapes. */
class EmbeddingsTest {
  private final ApiClient api = RunningServer.api();

  private static float[] floats(JsonNode array) {
    float[] vector = new float[array.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) array.get(i).asDouble();
    }
    return vector;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void allShapesGiveTheSameVectorsOfLengthOne() {
    Answer own = api.post("/vector/embed", Map.of("texts", List.of("a red fox", "snow")));
    float[] fox = floats(own.json().at("/embeddings/0"));
    assertThat(own.json().path("dimension").asInt()).isEqualTo(384);
    assertThat(own.text("/model")).contains("MiniLM");
    assertThat(own.json().has("truncated")).isFalse();
    assertThat(fox).hasSize(384);
    assertThat(dot(fox, fox)).isBetween(0.9999, 1.0001);

    Answer openAi =
        api.post("/v1/embeddings", Map.of("input", List.of("a red fox", "snow"), "model", "m"));
    assertThat(openAi.text("/object")).isEqualTo("list");
    assertThat(openAi.json().at("/data/1/index").asInt()).isEqualTo(1);
    assertThat(openAi.json().at("/usage/prompt_tokens").asInt()).isEqualTo(8);
    assertThat(floats(openAi.json().at("/data/0/embedding"))).isEqualTo(fox);

    Answer tei = api.post("/embed", Map.of("inputs", List.of("a red fox", "snow")));
    assertThat(floats(tei.json().get(0))).isEqualTo(fox);
  }

  /** What the official clients send: they ask for base64 unless told otherwise. */
  @Test
  void speaksBase64AsTheOfficialClientAsks() {
    Answer plain = api.post("/v1/embeddings", Map.of("input", "a red fox", "model", "m"));
    Answer answer =
        api.post(
            "/v1/embeddings",
            "{\"input\":\"a red fox\",\"model\":\"text-embedding-3-small\",\"encoding_format\":\"base64\","
                + "\"dimensions\":384,\"user\":\"someone\"}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(answer.text("/data/0/embedding")))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] vector = new float[384];
    bytes.asFloatBuffer().get(vector);
    assertThat(vector).isEqualTo(floats(plain.json().at("/data/0/embedding")));
  }

  @Test
  void saysWhatItCut() {
    String longer = "word ".repeat(400);
    assertThat(
            api.post("/vector/embed", Map.of("texts", List.of("short", longer)))
                .json()
                .path("truncated")
                .asBoolean())
        .isTrue();
    assertThat(api.post("/embed", Map.of("inputs", longer)).status()).isEqualTo(200);
    assertThat(api.post("/embed", Map.of("inputs", longer, "truncate", false)).status())
        .isEqualTo(422);
  }

  @Test
  void boundsTheTexts() {
    assertThat(embed(Collections.nCopies(64, "a")).status()).isEqualTo(200);
    assertThat(embed(Collections.nCopies(65, "a")).text("/detail"))
        .isEqualTo("Validation failed: texts: must have at most 64 items (max_items)");
    assertThat(embed(List.of()).text("/detail"))
        .isEqualTo("Validation failed: texts: must have at least 1 item (min_items)");
    assertThat(embed(List.of("")).text("/detail"))
        .isEqualTo("Validation failed: texts[0]: must have at least 1 character (min_length)");
    assertThat(embed(List.of("😀".repeat(10_000))).status()).isEqualTo(200);
    assertThat(embed(List.of("a", "😀".repeat(10_001))).text("/detail"))
        .isEqualTo("Validation failed: texts[1]: must have at most 10000 characters (max_length)");
  }

  private Answer embed(List<String> texts) {
    return api.post("/vector/embed", Map.of("texts", texts));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"\"", "[\"\"]", "7", "[1,2]", "[[1,2]]", "{}", "[\"a\",null]"})
  void refusesOddInputsInEveryShape(String input) {
    assertThat(api.post("/v1/embeddings", "{\"input\":" + input + "}").status()).isEqualTo(422);
    assertThat(api.post("/embed", "{\"inputs\":" + input + "}").status()).isEqualTo(422);
  }

  @Test
  void hasOneDimensionOnly() {
    assertThat(api.post("/v1/embeddings", Map.of("input", "a", "dimensions", 256)).text("/detail"))
        .isEqualTo("Validation failed: dimensions: must be 384 (dimension)");
    assertThat(api.post("/embed", Map.of("inputs", "a", "normalize", false)).status())
        .isEqualTo(422);
  }
}
