package dev.aidb.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** Sends documents to {@code POST /documents/batch}, one stream after another. */
final class Importer implements AutoCloseable {
  private static final int BATCH = 500;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI uri;

  Importer(Server server) {
    uri = URI.create("http://127.0.0.1:" + server.port() + "/documents/batch");
  }

  /** Sends them all and waits for every answer; throws when one is refused. */
  void send(Corpus corpus) throws IOException, InterruptedException {
    send(corpus, () -> true);
  }

  /** The same, for as long as it shall go on; returns how many were stored. */
  int send(Corpus corpus, BooleanSupplier goOn) throws IOException, InterruptedException {
    int size = corpus.lines().size();
    int sent = 0;
    while (sent < size && goOn.getAsBoolean()) {
      Corpus batch = corpus.slice(sent, sent + BATCH);
      stream(batch);
      sent += batch.lines().size();
    }
    return sent;
  }

  private void stream(Corpus batch) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", batch.lines()) + "\n"))
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    int stored = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (response.statusCode() != 200 || line.contains("\"refused\"")) {
          throw new IOException("a document was refused: " + line);
        }
        stored++;
      }
    }
    if (stored != batch.lines().size()) {
      throw new IOException("only " + stored + " answers to " + batch.lines().size());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
