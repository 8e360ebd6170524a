package dev.aidb.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jdbi.v3.core.argument.Argument;

/** The form of an embedding in a {@code bytea} column: float32, little-endian. */
public final class Vectors {
  private Vectors() {}

  /** Embeddings as a parameter of type {@code bytea[]}. */
  public static Argument array(List<float[]> vectors) {
    return bytes(vectors.stream().map(Vectors::toBytes).toList());
  }

  /**
   * A parameter of type {@code bytea[]}. Jdbi's own arrays hand the driver objects, and it takes
   * byte arrays only as an array of arrays.
   */
  public static Argument bytes(List<byte[]> values) {
    byte[][] bytes = values.toArray(byte[][]::new);
    return (position, statement, context) ->
        statement.setArray(position, statement.getConnection().createArrayOf("bytea", bytes));
  }

  public static byte[] toBytes(float[] vector) {
    ByteBuffer buffer =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(vector);
    return buffer.array();
  }

  public static float[] fromBytes(byte[] bytes) {
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }
}
