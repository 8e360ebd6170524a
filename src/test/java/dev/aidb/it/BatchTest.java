package dev.aidb.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.operation.Json;
import dev.aidb.testkit.ApiClient;
import dev.aidb.testkit.ApiClient.Answer;
import dev.aidb.testkit.RunningServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The stream of documents. */
@Timeout(60)
class BatchTest {
  private static final String COLLECTION = "batch-test";
  private static final int LINE_MAX = 8 * 1024 * 1024;

  private final ApiClient api = RunningServer.api();

  @BeforeAll
  static void makeCollection() {
    RunningServer.api().post("/collections", Map.of("name", COLLECTION));
  }

  private static String line(String path, String content) {
    return Json.text(Map.of("collection", COLLECTION, "path", path, "content", content));
  }

  private Answer send(String lines) {
    return api.post("/documents/batch", "application/x-ndjson", lines.getBytes(UTF_8));
  }

  @Test
  void answersEachLineInOrderThoughSomeAreBad() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      lines.add(line("mixed/" + i, "content number " + i + " word".repeat(i % 7 * 20)));
    }
    lines.set(3, "{\"collection\":");
    lines.set(7, "[1,2]");
    lines.set(11, line("mixed/11", "x").replace("\"path\"", "\"pith\""));
    lines.set(13, line("mixed/13", "x").replace(COLLECTION, "unknown-here"));
    lines.set(17, line("mixed/17", "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"));
    lines.set(19, "null");

    List<JsonNode> answers = send(String.join("\n", lines)).lines();

    assertThat(answers).hasSize(30);
    for (int i = 0; i < 30; i++) {
      JsonNode answer = answers.get(i);
      assertThat(answer.path("line").asInt()).isEqualTo(i + 1);
      int expected =
          switch (i) {
            case 3, 7, 19 -> 400;
            case 11, 13, 17 -> 422;
            default -> 201;
          };
      assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(expected);
      assertThat(answer.path("outcome").asString())
          .isEqualTo(expected == 201 ? "created" : "refused");
      assertThat(answer.has("problem")).isEqualTo(expected != 201);
      assertThat(answer.has("id")).isEqualTo(expected == 201);
    }
    assertThat(answers.get(13).at("/problem/detail").asString())
        .isEqualTo("Validation failed: Unknown collection: 'unknown-here'");
    assertThat(answers.get(17).at("/problem/code").asString()).isEqualTo("secret_detected");
    assertThat(
            send(line("mixed/0", "content number 0")).lines().getFirst().path("outcome").asString())
        .isEqualTo("unchanged");
  }

  @Test
  void theLaterOfTwoLinesForOneDocumentIsAnswered() {
    List<JsonNode> answers = send(line("twice", "a") + "\n" + line("twice", "b") + "\n").lines();
    assertThat(answers).extracting(a -> a.path("id").asString()).hasSize(2);
    assertThat(answers.get(0).path("id")).isEqualTo(answers.get(1).path("id"));
  }

  @Test
  void passesOverBlankLinesButCountsThem() {
    List<JsonNode> answers = send("\n  \r\n" + line("blank", "a") + "\n\n").lines();
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().path("line").asInt()).isEqualTo(3);
  }

  @Test
  void anEmptyStreamHasAnEmptyAnswer() {
    Answer answer = send("");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void refusesALineOverTheLimitAndGoesOn() {
    String exact = line("limit", "");
    exact = exact.substring(0, exact.length() - 1) + " ".repeat(LINE_MAX - exact.length()) + "}";
    List<JsonNode> answers =
        send(exact + "\n " + exact + "\n" + line("after", "the line after") + "\n").lines();
    assertThat(answers).extracting(a -> a.path("status").asInt()).containsExactly(201, 413, 201);
    assertThat(answers.get(1).at("/problem/code").asString()).isEqualTo("payload_too_large");
  }

  @Test
  void answersALineBeforeTheNextIsSent() throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), RunningServer.shared().port())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /documents/batch HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n".formatted(socket.getPort())
                  + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(UTF_8));
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (int i = 1; i <= 20; i++) {
        byte[] line = (line("duplex/" + i, "number " + i) + "\n").getBytes(UTF_8);
        out.write((Integer.toHexString(line.length) + "\r\n").getBytes(UTF_8));
        out.write(line);
        out.write("\r\n".getBytes(UTF_8));
        out.flush();
        String answer = in.readLine();
        while (!answer.startsWith("{")) {
          answer = in.readLine(); // the head, and the sizes of chunks
        }
        assertThat(Json.mapper().readTree(answer).path("line").asInt()).isEqualTo(i);
      }
      out.write("0\r\n\r\n".getBytes(UTF_8));
    }
  }

  @Test
  void keepsWhatItAnsweredWhenTheClientVanishes() throws IOException {
    String id;
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), RunningServer.shared().port())) {
      socket.setSoTimeout(20_000);
      byte[] line = (line("vanish", "cassowary") + "\n").getBytes(UTF_8);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /documents/batch HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n".formatted(socket.getPort())
                  + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(line.length)
                  + "\r\n")
              .getBytes(UTF_8));
      out.write(line);
      out.write("\r\n".getBytes(UTF_8));
      out.flush();
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String answer = in.readLine();
      while (!answer.startsWith("{")) {
        answer = in.readLine();
      }
      id = Json.mapper().readTree(answer).path("id").asString();
      socket.setSoLinger(true, 0);
    }
    assertThat(api.get("/documents/" + id).text("/content")).isEqualTo("cassowary");
  }
}
