package dev.aidb.embedding;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * all-MiniLM-L6-v2 in this process: 384 dimensions, mean pooling, L2-normalised, on ONNX Runtime.
 *
 * <p>Each text is a run of its own on the calling thread. An int8 model scales its activations by
 * the whole batch, so a neighbour would change a text's vector; alone, the same text gives the same
 * bits every time, and on one thread a batch would be no faster.
 *
 * <p>At load the file must prove itself: the checksum of the bundled one is known, and any file
 * must embed a known sentence as the published model does.
 */
public final class MiniLmModel implements EmbeddingModel {
  /** The name of the bundled model. */
  public static final String NAME = "all-MiniLM-L6-v2-int8";

  static final int DIMENSION = 384;

  /** What the model was trained for; the position table has room for 512. */
  static final int TOKENS_MAX = 256;

  private static final String BUNDLED_MODEL = "all-minilm-l6-v2-q.onnx";
  private static final String BUNDLED_TOKENIZER = "all-minilm-l6-v2-q-tokenizer.json";
  private static final String BUNDLED_SHA256 =
      "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1";
  private static final String RESTORE =
      "Restore the model file from the release, or configure the bundled model.";
  private static final String KNOWN_SENTENCE = "This is an example sentence";
  private static final double KNOWN_COSINE_MIN = 0.97;
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  private final String name;
  private final WordPieceTokenizer tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final boolean typed;
  private final ConcurrentLinkedQueue<MiniLmRun> idle = new ConcurrentLinkedQueue<>();
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  private boolean closed;

  private MiniLmModel(
      String name, WordPieceTokenizer tokenizer, OrtEnvironment environment, OrtSession session) {
    this.name = name;
    this.tokenizer = tokenizer;
    this.environment = environment;
    this.session = session;
    this.typed = session.getInputNames().contains("token_type_ids");
  }

  /**
   * Loads the model that comes with the program.
   *
   * @throws StartFailure if it is missing or damaged, or can't run on this machine
   */
  public static MiniLmModel bundled() {
    Ahead<OrtEnvironment> environment = OnnxRuntime.load();
    Ahead<WordPieceTokenizer> tokenizer =
        Ahead.start("tokenizer-loader", MiniLmModel::bundledTokenizer);
    try (Arena arena = Arena.ofShared()) {
      ModelFile file = ModelFile.resource(BUNDLED_MODEL, arena);
      return start(file, BUNDLED_MODEL, environment, tokenizer, true);
    }
  }

  /**
   * Loads another file of the same model, such as one optimised for this machine. Its name holds
   * the beginning of its checksum unless it is the bundled file, so that vectors of two never mix.
   *
   * @throws StartFailure if a file is missing or damaged, or it isn't this model
   */
  public static MiniLmModel load(Path onnx, Path tokenizerJson) {
    Ahead<OrtEnvironment> environment = OnnxRuntime.load();
    Ahead<WordPieceTokenizer> tokenizer =
        Ahead.start("tokenizer-loader", () -> WordPieceTokenizer.read(tokenizerJson));
    try (Arena arena = Arena.ofShared()) {
      ModelFile file = ModelFile.path(onnx, arena);
      return start(file, onnx.toString(), environment, tokenizer, false);
    }
  }

  /** The tokenizer of the bundled model, which needs no native library. */
  public static WordPieceTokenizer bundledTokenizer() {
    InputStream json = MiniLmModel.class.getResourceAsStream("/" + BUNDLED_TOKENIZER);
    if (json == null) {
      throw new StartFailure(
          "The tokenizer " + BUNDLED_TOKENIZER + " is not part of this installation",
          "Install the program again: a jar of its lib directory is missing.",
          null);
    }
    return WordPieceTokenizer.read(json, BUNDLED_TOKENIZER);
  }

  private static MiniLmModel start(
      ModelFile file,
      String source,
      Ahead<OrtEnvironment> environment,
      Ahead<WordPieceTokenizer> tokenizer,
      boolean mustBeBundled) {
    // The checksum takes some 50 ms, and making a session is busy on this thread for longer.
    Ahead<String> checksum = Ahead.start("model-checksum", file::sha256);
    OrtSession session;
    try (OrtSession.SessionOptions options = options()) {
      session = environment.get().createSession(file.bytes(), options);
    } catch (OrtException e) {
      throw new StartFailure("The embedding model " + source + " can't be loaded", RESTORE, e);
    } finally {
      checksum.get(); // it reads memory that the caller is about to free
    }
    String sha256 = checksum.get();
    MiniLmModel model =
        new MiniLmModel(nameOf(sha256), tokenizer.get(), environment.get(), session);
    try {
      if (mustBeBundled && !sha256.equals(BUNDLED_SHA256)) {
        throw new StartFailure(
            "The bundled embedding model is damaged: its checksum is " + sha256,
            "Install the program again: a jar of its lib directory is damaged.",
            null);
      }
      model.requireShape(source);
      model.requireKnownAnswer(source);
      return model;
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    // Parallelism comes from the workers: a pool inside a run would only spin and wait.
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.setCPUArenaAllocator(true); // without it two workers fight over malloc
    options.setMemoryPatternOptimization(false); // a pattern is kept for every length of text
    return options;
  }

  private static String nameOf(String sha256) {
    return sha256.equals(BUNDLED_SHA256) ? NAME : "all-MiniLM-L6-v2-" + sha256.substring(0, 8);
  }

  private void requireShape(String source) {
    try {
      Set<String> inputs = session.getInputNames();
      NodeInfo output = session.getOutputInfo().values().iterator().next();
      boolean fits =
          inputs.contains("input_ids")
              && inputs.contains("attention_mask")
              && inputs.size() == (typed ? 3 : 2)
              && output.getInfo() instanceof TensorInfo tensor
              && tensor.getShape().length == 3
              && tensor.getShape()[2] == DIMENSION;
      if (!fits) {
        throw notThisModel(source, null);
      }
    } catch (OrtException e) {
      throw notThisModel(source, e);
    }
  }

  private void requireKnownAnswer(String source) {
    double cosine;
    try {
      cosine = Vectors.cosine(embedOne(KNOWN_SENTENCE).vector(), knownAnswer());
    } catch (AidbException e) {
      throw notThisModel(source, e);
    }
    if (!(cosine >= KNOWN_COSINE_MIN)) {
      throw notThisModel(source, null);
    }
  }

  private static StartFailure notThisModel(String source, @Nullable Exception cause) {
    return new StartFailure(
        "The embedding model " + source + " doesn't answer as all-MiniLM-L6-v2 does",
        RESTORE,
        cause);
  }

  /** The vector of the known sentence by the full-precision model. */
  private static float[] knownAnswer() {
    float[] vector = new float[DIMENSION];
    try (InputStream in = MiniLmModel.class.getResourceAsStream("minilm-known-answer.txt")) {
      if (in == null) {
        throw new IllegalStateException("The model's known answer is missing");
      }
      List<String> lines =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = Float.parseFloat(lines.get(i));
      }
      return vector;
    } catch (IOException e) {
      throw new IllegalStateException("The model's known answer can't be read", e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean computesOnly() {
    return true;
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public int maxTokens() {
    return TOKENS_MAX;
  }

  /** The tokenizer that cuts this model's texts. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public List<Embedding> embed(List<String> texts) {
    Deadline deadline = Deadline.currentOr(WAIT_MAX);
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (String text : texts) {
      deadline.check();
      embeddings.add(embedOne(text));
    }
    return embeddings;
  }

  private Embedding embedOne(String text) {
    int[] ids = tokenizer.tokenize(text).ids();
    int tokens = ids.length + 2;
    life.readLock().lock(); // the session's memory must outlive every run
    try {
      if (closed) {
        throw AidbException.unavailable(
            "The embedding model is closed", Duration.ofSeconds(5), null);
      }
      MiniLmRun run = idle.poll();
      if (run == null) {
        run = new MiniLmRun(environment, session, typed, tokenizer.first(), tokenizer.last());
      }
      float[] vector = run.embed(ids);
      idle.offer(run);
      if (!Vectors.normalise(vector)) {
        throw new AidbException(
            ErrorCode.UNAVAILABLE, "The embedding model gave an unusable vector");
      }
      return new Embedding(vector, tokens, tokens > TOKENS_MAX);
    } catch (OrtException e) {
      throw new AidbException(ErrorCode.UNAVAILABLE, "The embedding model failed", e);
    } finally {
      life.readLock().unlock();
    }
  }

  /** Waits for the runs under way, each of some milliseconds, and frees the model's memory. */
  @Override
  public void close() {
    life.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        idle.clear();
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("The embedding model can't be closed", e);
    } finally {
      life.writeLock().unlock();
    }
  }
}
