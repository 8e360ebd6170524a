package dev.aidb.embedding;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** ONNX Runtime's native library and its one environment in this process. */
final class OnnxRuntime {
  /**
   * ONNX Runtime 1.29.0 was seen to use more than 2 MB of stack while its library is loaded, and
   * dies of a segmentation fault, without a word, on a thread with Java's usual 1 MB. Later calls
   * need less than 256 KB. Only what is touched of this becomes memory.
   */
  private static final long LOADER_STACK_BYTES = 16L << 20;

  private static final Logger LOG = System.getLogger(OnnxRuntime.class.getName());

  /** What this process has mapped, one area a line, the file's path last. */
  private static final Path LOADED = Path.of("/proc/self/maps");

  /** Part of the name of the temporary folder that the library makes. */
  private static final String UNPACKED = "/onnxruntime-java";

  private OnnxRuntime() {}

  /**
   * Begins to load the library, on first use; what is returned throws {@link StartFailure} if it
   * doesn't run on this machine.
   */
  static Ahead<OrtEnvironment> load() {
    return Ahead.start("onnx-loader", LOADER_STACK_BYTES, OnnxRuntime::environment);
  }

  private static OrtEnvironment environment() {
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "aidb");
      removeUnpacked();
      return environment;
    } catch (LinkageError | RuntimeException e) {
      throw new StartFailure(
          "The native library of ONNX Runtime can't be loaded on this machine",
          "It needs 64-bit Linux with glibc, macOS or Windows, and a temporary directory that may"
              + " hold programs (-Djava.io.tmpdir names another). Or configure a remote embedding"
              + " endpoint.",
          e);
    }
  }

  /**
   * Removes the files that the library unpacked itself into, some 28 MB that it would leave behind
   * each time the JVM is killed. Linux keeps what is loaded; elsewhere they stay until the exit.
   */
  private static void removeUnpacked() {
    try (Stream<String> loaded = Files.lines(LOADED)) {
      List<Path> files =
          loaded
              .filter(line -> line.contains(UNPACKED) && line.indexOf('/') > 0)
              .map(line -> Path.of(line.substring(line.indexOf('/'))))
              .distinct()
              .toList();
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      for (Path folder : files.stream().map(Path::getParent).distinct().toList()) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.DEBUG, "The unpacked library of ONNX Runtime stays until the exit", e);
    }
  }
}
