package dev.aidb.index.lucene;

import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;

/**
 * Lucene's codec with vectors in {@link SketchVectorsFormat}. Public, with this constructor,
 * because Lucene finds a segment's codec by its name through {@code META-INF/services}.
 */
public final class AidbCodec extends FilterCodec {
  private final KnnVectorsFormat vectors = new SketchVectorsFormat();

  /** The codec under its name {@code Aidb1}, which is part of the format. */
  public AidbCodec() {
    super("Aidb1", new Lucene104Codec());
  }

  @Override
  public KnnVectorsFormat knnVectorsFormat() {
    return vectors;
  }
}
