package dev.aidb.bench;

import dev.aidb.embedding.MiniLmModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A server over a copy of the base, and what is asked of it. */
final class Served implements AutoCloseable {
  private static final int QUERIES = 1_000;
  private static final int QUERIES_BRIEF = 200;

  private final Setup setup;
  private final Corpus corpus;
  private final Path directory;
  private final Server server;
  private final MiniLmModel model;
  private final List<float[]> vectors;

  private Served(Setup setup, Corpus corpus, Path directory, Server server, MiniLmModel model) {
    this.setup = setup;
    this.corpus = corpus;
    this.directory = directory;
    this.server = server;
    this.model = model;
    this.vectors =
        Questions.embedded(model, corpus.queries(setup.brief() ? QUERIES_BRIEF : QUERIES));
  }

  static Served open(Setup setup) throws IOException, InterruptedException {
    Corpus corpus = Corpus.read(setup);
    Path directory = setup.copy(Base.of(setup, corpus), "served");
    return new Served(
        setup, corpus, directory, Server.start(setup, directory), MiniLmModel.bundled());
  }

  Server server() {
    return server;
  }

  int port() {
    return server.port();
  }

  MiniLmModel model() {
    return model;
  }

  Corpus corpus() {
    return corpus;
  }

  /** Embeddings of {@link Corpus#queries}. */
  List<float[]> vectors() {
    return vectors;
  }

  /** Runs requests until both JVMs have compiled what matters. */
  void warmUp(List<Request> requests) throws Exception {
    var unused =
        Load.run(
            2,
            setup.turn().multipliedBy(2),
            thread -> new SearchStep(server.port(), requests, thread));
  }

  @Override
  public void close() throws IOException {
    server.close();
    model.close();
    Setup.delete(directory);
  }
}
