package dev.aidb.documents;

import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

@Description(
    "How the two arms of a hybrid search are fused: reciprocal rank fusion, the sum of weight / (k + rank)")
public record Fusion(
    @Description("Weight of the dense arm") @Default("1.0") @DecimalMin("0") @DecimalMax("100")
        double denseWeight,
    @Description("Weight of the keyword arm") @Default("1.0") @DecimalMin("0") @DecimalMax("100")
        double keywordWeight,
    @Description("The constant k: the greater, the less the first ranks stand out")
        @Default("60")
        @Min(1)
        @Max(10_000)
        int k,
    @Description("How many records of each arm take part") @Default("1000") @Min(1) @Max(1_000)
        int depth) {
  /** What a collection has when nothing is said. */
  public static final Fusion USUAL = new Fusion(1, 1, 60, 1_000);
}
