import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { arrayTypes, sizeOf } from "../../tensor/tensor.ts";
import { elementOf } from "../ir.ts";
import { type ExternalData, externalBytes, isExternal } from "./external.ts";

/** The same file with the weights inside that it keeps in others, for an engine that is given bytes alone. Files without such weights come back as they are. */
export function embedded(bytes: Uint8Array, external: ExternalData): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, bytes);
  const outside = proto.graph?.initializer.filter(isExternal) ?? [];
  if (outside.length === 0) return bytes;
  for (const tensor of outside) {
    const element = elementOf(tensor.dataType);
    if (!element) continue;
    tensor.rawData = Uint8Array.from(externalBytes(tensor, tensor.name, sizeOf(tensor.dims.map(Number)) * arrayTypes[element].BYTES_PER_ELEMENT, external));
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
  return toBinary(ModelProtoSchema, proto);
}
