package dev.aidb.similarity;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Vectors in a mapped temporary file, of which the operating system keeps in memory what it has
 * room for. The file loses its name as soon as it is open, so it ends with this object or with the
 * process.
 *
 * @param rows {@code count} vectors of {@code dimension} little-endian floats
 */
record SpilledVectors(MemorySegment rows, int count, int dimension, Arena arena)
    implements AutoCloseable {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final String PREFIX = "near-duplicates-";
  private static final String SUFFIX = ".tmp";
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long SPACE_MIN = 64L << 20;

  /** Lengths that rounding can't explain are a fault of the caller. */
  private static final double LENGTH_OFF_MAX = 0.01;

  /**
   * Writes out what the source gives.
   *
   * @throws IllegalArgumentException if a vector isn't normalised, or there are too many
   */
  static SpilledVectors of(VectorSource source, Path directory, int countMax, Runnable check) {
    try {
      Path file = Files.createTempFile(directory, PREFIX, SUFFIX);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        Files.delete(file);
        int count = write(source, channel, countMax, check);
        return map(channel, count, source.dimension());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static SpilledVectors map(FileChannel channel, int count, int dimension)
      throws IOException {
    Arena arena = Arena.ofShared();
    try {
      long size = (long) count * dimension * Float.BYTES;
      MemorySegment rows = channel.map(MapMode.READ_ONLY, 0, size, arena);
      return new SpilledVectors(rows, count, dimension, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static int write(VectorSource source, FileChannel channel, int countMax, Runnable check)
      throws IOException {
    float[] vector = new float[source.dimension()];
    int bytes = vector.length * Float.BYTES;
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Math.max(bytes, BUFFER_BYTES / bytes * bytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    while (source.next(vector)) {
      if (count == countMax) {
        throw new IllegalArgumentException("there are more than " + countMax + " vectors");
      }
      requireNormalised(vector, count);
      buffer.asFloatBuffer().put(vector);
      buffer.position(buffer.position() + bytes);
      count++;
      if (!buffer.hasRemaining()) {
        drain(buffer, channel);
        check.run();
      }
    }
    drain(buffer, channel);
    return count;
  }

  private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      var unused = channel.write(buffer);
    }
    buffer.clear();
  }

  private static void requireNormalised(float[] vector, int index) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (!(Math.abs(Math.sqrt(squares) - 1) <= LENGTH_OFF_MAX)) {
      throw new IllegalArgumentException("vector " + index + " is not normalised");
    }
  }

  private static RuntimeException failed(Path directory, IOException e) {
    try {
      if (Files.getFileStore(directory).getUsableSpace() < SPACE_MIN) {
        return new AidbException(
            ErrorCode.STORAGE_FULL, "There is no space for the vectors that are compared", e);
      }
    } catch (IOException other) {
      e.addSuppressed(other);
    }
    return new UncheckedIOException(e);
  }

  /** Deletes what a process left that died between making a file and taking its name away. */
  static void deleteStale(Path directory) {
    try (DirectoryStream<Path> stale = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
      for (Path file : stale) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long offset(int index) {
    return (long) index * dimension * Float.BYTES;
  }

  void read(int index, float[] vector) {
    MemorySegment.copy(rows, FLOAT, offset(index), vector, 0, dimension);
  }

  @Override
  public void close() {
    arena.close();
  }
}
