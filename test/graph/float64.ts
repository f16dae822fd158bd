/** Operators whose float64 kernel computes in float32, so that small steps are lost in rounding. */
export const roundingFloat64: ReadonlySet<string> = new Set(["GroupNormalization", "Shrink"]);

/** Operators whose float64 kernel refuses to run. */
export const refusingFloat64: ReadonlySet<string> = new Set(["GRU", "LSTM"]);

/** Operators that ONNX Runtime's CPU cannot compute in float64 (a test says so if that changes): they are checked in float32. */
export const withoutFloat64: ReadonlySet<string> = new Set([
  ...roundingFloat64,
  ...refusingFloat64,
  ..."Acos Acosh Asin Asinh Atan Atanh Cosh Erf Mean Sinh Tan".split(" "),
  ..."Celu Elu Gelu HardSigmoid HardSwish LeakyRelu Mish PRelu Selu Softplus Softsign ThresholdedRelu".split(" "),
  ..."AveragePool Col2Im Conv ConvTranspose GlobalAveragePool GlobalLpPool GlobalMaxPool LRN LpPool MaxUnpool".split(" "),
  ..."RNN RotaryEmbedding".split(" "),
  ..."ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QuantizeLinear".split(" "),
  ..."ai.onnx.ml::LinearRegressor com.microsoft::BiasGelu com.microsoft::Gelu com.microsoft::QuickGelu".split(" "),
  ..."com.microsoft::FusedConv com.microsoft::FusedGemm com.microsoft::SkipLayerNormalization".split(" "),
  ..."com.microsoft::SkipSimplifiedLayerNormalization".split(" "),
  ..."GridSample InstanceNormalization MeanVarianceNormalization OneHot Resize".split(" "),
]);

/** Operators that take float64 and give float32: they are checked in that as well. */
export const givingFloat32: ReadonlySet<string> = new Set("ai.onnx.ml::LinearClassifier ai.onnx.ml::Normalizer ai.onnx.ml::Scaler".split(" "));
