package dev.aidb.embedding;

import dev.aidb.embedding.RemoteSettings.Protocol;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The JSON of the two protocols. Nothing in an answer is believed: each wrong shape is refused. */
final class RemoteAnswer {
  /** The answer isn't what was asked for; the message is for the log. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private static final JsonFactory JSON = new JsonFactory();
  private static final int NUMBERS_MAX = 65_536;

  private RemoteAnswer() {}

  static byte[] question(Protocol protocol, String model, List<String> texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      switch (protocol) {
        case OPENAI -> {
          json.writeStringProperty("model", model);
          json.writeStringProperty("encoding_format", "float");
          json.writeName("input");
        }
        case TEI -> {
          json.writeBooleanProperty("truncate", true);
          json.writeName("inputs");
        }
      }
      json.writeStartArray();
      texts.forEach(json::writeString);
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** The vectors in the order of the texts, normalised. */
  static List<float[]> vectors(Protocol protocol, byte[] body, int texts) throws Unusable {
    float[][] vectors = new float[texts][];
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      switch (protocol) {
        case OPENAI -> readOpenAi(json, vectors);
        case TEI -> readTei(json, vectors);
      }
    } catch (JacksonException e) {
      throw new Unusable("it isn't the JSON that was expected", e);
    }
    List<float[]> list = new ArrayList<>(texts);
    for (float[] vector : vectors) {
      if (vector == null) {
        throw new Unusable("vectors are missing", null);
      }
      if (!Vectors.normalise(vector)) {
        throw new Unusable("a vector is all zero or has a number that isn't finite", null);
      }
      list.add(vector);
    }
    return list;
  }

  private static void readTei(JsonParser json, float[][] vectors) throws Unusable {
    expect(json.nextToken(), JsonToken.START_ARRAY);
    int count = 0;
    while (json.nextToken() == JsonToken.START_ARRAY) {
      place(vectors, count++, readVector(json));
    }
    expect(json.currentToken(), JsonToken.END_ARRAY);
  }

  private static void readOpenAi(JsonParser json, float[][] vectors) throws Unusable {
    expect(json.nextToken(), JsonToken.START_OBJECT);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean data = json.currentName().equals("data");
      JsonToken value = json.nextToken();
      if (data) {
        expect(value, JsonToken.START_ARRAY);
        int count = 0;
        while (json.nextToken() == JsonToken.START_OBJECT) {
          readItem(json, vectors, count++);
        }
        expect(json.currentToken(), JsonToken.END_ARRAY);
      } else {
        json.skipChildren();
      }
    }
    expect(json.currentToken(), JsonToken.END_OBJECT);
  }

  private static void readItem(JsonParser json, float[][] vectors, int position) throws Unusable {
    int index = position;
    float[] vector = {};
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "index" -> index = json.getIntValue();
        case "embedding" -> {
          expect(value, JsonToken.START_ARRAY);
          vector = readVector(json);
        }
        default -> json.skipChildren();
      }
    }
    place(vectors, index, vector);
  }

  private static void place(float[][] vectors, int index, float[] vector) throws Unusable {
    if (index < 0 || index >= vectors.length || vectors[index] != null) {
      throw new Unusable("there are more vectors than texts, or one came twice", null);
    }
    vectors[index] = vector;
  }

  private static float[] readVector(JsonParser json) throws Unusable {
    float[] numbers = new float[512];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == NUMBERS_MAX) {
        throw new Unusable("a vector is too long", null);
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = json.getFloatValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private static void expect(@Nullable JsonToken found, JsonToken wanted) throws Unusable {
    if (found != wanted) {
      throw new Unusable("it has another shape than was expected", null);
    }
  }
}
