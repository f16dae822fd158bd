import { LinearClassifier, LinearRegressor, Normalizer, Scaler, TreeEnsembleClassifier, TreeEnsembleRegressor } from "./ml.ts";
import {
  MicrosoftBiasGelu,
  MicrosoftFastGelu,
  MicrosoftFusedConv,
  MicrosoftFusedGemm,
  MicrosoftFusedMatMul,
  MicrosoftGelu,
  MicrosoftQuickGelu,
  MicrosoftSkipLayerNormalization,
  MicrosoftSkipSimplifiedLayerNormalization,
} from "./microsoft.ts";
import type { OpRule } from "./rule.ts";

/** Operators of domains other than ONNX's own, in alphabetical order. */
export const otherDomains = {
  "ai.onnx.ml::LinearClassifier": LinearClassifier,
  "ai.onnx.ml::LinearRegressor": LinearRegressor,
  "ai.onnx.ml::Normalizer": Normalizer,
  "ai.onnx.ml::Scaler": Scaler,
  "ai.onnx.ml::TreeEnsembleClassifier": TreeEnsembleClassifier,
  "ai.onnx.ml::TreeEnsembleRegressor": TreeEnsembleRegressor,
  "com.microsoft::BiasGelu": MicrosoftBiasGelu,
  "com.microsoft::FastGelu": MicrosoftFastGelu,
  "com.microsoft::FusedConv": MicrosoftFusedConv,
  "com.microsoft::FusedGemm": MicrosoftFusedGemm,
  "com.microsoft::FusedMatMul": MicrosoftFusedMatMul,
  "com.microsoft::Gelu": MicrosoftGelu,
  "com.microsoft::QuickGelu": MicrosoftQuickGelu,
  "com.microsoft::SkipLayerNormalization": MicrosoftSkipLayerNormalization,
  "com.microsoft::SkipSimplifiedLayerNormalization": MicrosoftSkipSimplifiedLayerNormalization,
} satisfies Readonly<Record<string, OpRule>>;
