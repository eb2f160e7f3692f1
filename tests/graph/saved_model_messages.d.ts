/** TensorFlow's messages as tfjs-node reads them; it has no types for them. */
declare module '@tensorflow/tfjs-node-gpu/dist/proto/api_pb' {
  export const SavedModel: { deserializeBinary(bytes: Uint8Array): { toObject(): unknown } };
}
