package dev.aidb.bench;

import dev.aidb.embedding.Embedding;
import dev.aidb.embedding.MiniLmModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.HashSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests of {@code POST /vector/search}. */
final class Questions {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PATH = "/vector/search";

  private Questions() {}

  static List<float[]> embedded(MiniLmModel model, List<String> texts) {
    return model.embed(texts).stream().map(Embedding::vector).toList();
  }

  /** With the vectors given, one each; the text is a number, so that no two are alike. */
  static List<Request> ofVectors(List<float[]> vectors, String filter) {
    List<Request> requests = new ArrayList<>();
    for (float[] vector : vectors) {
      StringBuilder numbers = new StringBuilder();
      for (float number : vector) {
        numbers.append(numbers.isEmpty() ? "" : ",").append(number);
      }
      requests.add(
          Request.post(
              PATH,
              "{\"query\":\"n%s\",\"mode\":\"vector\",\"include\":[]%s,\"embedding\":[%s]}"
                  .formatted(Request.NUMBER, filter, numbers)));
    }
    return requests;
  }

  static Request ofText(String text, String mode, int limit) {
    return Request.post(
        PATH,
        "{\"query\":%s,\"mode\":\"%s\",\"include\":[],\"limit\":%d}"
            .formatted(JSON.writeValueAsString(text), mode, limit));
  }

  /** The ids of an answer's results, in order. */
  static List<UUID> ids(String answer) {
    List<UUID> ids = new ArrayList<>();
    for (JsonNode result : JSON.readTree(answer).path("results")) {
      ids.add(UUID.fromString(result.path("id").asString()));
    }
    return ids;
  }

  /** How much of the exact answers the requests find, 0..1. */
  static double recall(int port, List<Request> requests, List<Set<UUID>> exact) throws Exception {
    double found = 0;
    double wanted = 0;
    try (Wire wire = new Wire(port)) {
      for (int i = 0; i < requests.size(); i++) {
        if (wire.send(requests.get(i), i) != 200) {
          throw new IllegalStateException(wire.body());
        }
        Set<UUID> ids = new HashSet<>(ids(wire.body()));
        ids.retainAll(exact.get(i));
        found += ids.size();
        wanted += exact.get(i).size();
      }
    }
    return found / wanted;
  }
}
