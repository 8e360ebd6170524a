package dev.aidb.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The buffers of one run of the model, used again and again: about 400 KB outside the heap. For one
 * thread at a time.
 */
final class MiniLmRun {
  private static final int DIMENSION = MiniLmModel.DIMENSION;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final boolean typed;
  private final String output;
  private final LongBuffer ids = longs();
  private final LongBuffer mask = longs();
  private final LongBuffer types = longs();
  private final FloatBuffer states =
      direct(MiniLmModel.TOKENS_MAX * DIMENSION * Float.BYTES).asFloatBuffer();
  private final int first;
  private final int last;

  /**
   * @param typed whether the model asks for token types
   * @param first the special token before each text
   * @param last the special token after it
   */
  MiniLmRun(OrtEnvironment environment, OrtSession session, boolean typed, int first, int last) {
    this.environment = environment;
    this.session = session;
    this.typed = typed;
    this.first = first;
    this.last = last;
    this.output = session.getOutputNames().iterator().next();
    for (int i = 0; i < MiniLmModel.TOKENS_MAX; i++) {
      mask.put(i, 1); // one text in a run has no padding, so all of it counts
    }
  }

  /** The mean of the tokens' states, not yet normalised; tokens beyond the limit are left out. */
  float[] embed(int[] tokens) throws OrtException {
    int count = Math.min(tokens.length, MiniLmModel.TOKENS_MAX - 2);
    int length = count + 2;
    ids.put(0, first);
    for (int i = 0; i < count; i++) {
      ids.put(i + 1, tokens[i]);
    }
    ids.put(length - 1, last);
    long[] shape = {1, length};
    long[] outputShape = {1, length, DIMENSION};
    try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids.slice(0, length), shape);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask.slice(0, length), shape);
        OnnxTensor typeTensor =
            OnnxTensor.createTensor(environment, types.slice(0, length), shape);
        OnnxTensor stateTensor =
            OnnxTensor.createTensor(
                environment, states.slice(0, length * DIMENSION), outputShape)) {
      Map<String, OnnxTensor> inputs = new HashMap<>(4);
      inputs.put("input_ids", idTensor);
      inputs.put("attention_mask", maskTensor);
      if (typed) {
        inputs.put("token_type_ids", typeTensor);
      }
      session.run(inputs, Set.of(), Map.of(output, stateTensor)).close();
    }
    return mean(length);
  }

  private float[] mean(int length) {
    float[] mean = new float[DIMENSION];
    float[] state = new float[DIMENSION];
    for (int i = 0; i < length; i++) {
      states.get(i * DIMENSION, state);
      for (int d = 0; d < DIMENSION; d++) {
        mean[d] += state[d];
      }
    }
    for (int d = 0; d < DIMENSION; d++) {
      mean[d] /= length;
    }
    return mean;
  }

  private static LongBuffer longs() {
    return direct(MiniLmModel.TOKENS_MAX * Long.BYTES).asLongBuffer();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
