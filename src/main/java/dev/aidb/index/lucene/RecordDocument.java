package dev.aidb.index.lucene;

import dev.aidb.index.IndexedRecord;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/** The fields of a record's document. Nothing is stored: an entry is found, never read back. */
final class RecordDocument {
  /** The id as 16 bytes, the handle for replacing and removing. */
  static final String ID = "id";

  /** The halves of the id and the version, as doc values. */
  static final String ID_HIGH = "id_high";

  static final String ID_LOW = "id_low";
  static final String VERSION = "version";
  static final String COLLECTION = "collection";
  static final String PROJECT = "project";

  /** Every condition that metadata can satisfy, see {@link MetadataTerms}. */
  static final String METADATA = "metadata";

  private static final String VECTOR = "vector.";
  private static final FieldType WORDS = words();
  private static final FieldType TERMS = terms();

  private RecordDocument() {}

  /** A field per collection, so that one collection's words don't weigh in another's BM25. */
  static String wordsField(String collection) {
    return "words." + collection;
  }

  /**
   * A field per collection and dimension: a collection that is emptied may come back with another
   * model.
   */
  static String vectorField(String collection, int dimension) {
    return VECTOR + dimension + "." + collection;
  }

  /** The collection a vector field belongs to. */
  static String collectionOf(String vectorField) {
    return vectorField.substring(vectorField.indexOf('.', VECTOR.length()) + 1);
  }

  static Term idTerm(UUID id) {
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return new Term(ID, new BytesRef(bytes));
  }

  static Document of(IndexedRecord row, float[] unit) {
    Document document = new Document();
    document.add(new StringField(ID, idTerm(row.id()).bytes(), Field.Store.NO));
    document.add(new NumericDocValuesField(ID_HIGH, row.id().getMostSignificantBits()));
    document.add(new NumericDocValuesField(ID_LOW, row.id().getLeastSignificantBits()));
    document.add(new NumericDocValuesField(VERSION, row.version()));
    document.add(new StringField(COLLECTION, row.collection(), Field.Store.NO));
    document.add(new StringField(PROJECT, row.project(), Field.Store.NO));
    for (BytesRef term : MetadataTerms.of(row.metadata())) {
      document.add(new Field(METADATA, term, TERMS));
    }
    String words = wordsField(row.collection());
    document.add(new Field(words, words(row), WORDS));
    document.add(
        new KnnFloatVectorField(
            vectorField(row.collection(), unit.length),
            unit,
            VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }

  /** The title twice, because its words say more of a chunk than the chunk's own. */
  private static String words(IndexedRecord row) {
    return WordAnalyzer.spelledOut(row.title() + "\n" + row.title() + "\n" + row.content());
  }

  private static FieldType words() {
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.setTokenized(true);
    type.freeze();
    return type;
  }

  private static FieldType terms() {
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS);
    type.setOmitNorms(true);
    type.setTokenized(false);
    type.freeze();
    return type;
  }
}
