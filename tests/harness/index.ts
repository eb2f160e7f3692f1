export { availableBackends, type BackendName } from './available_backends';
export type { NestedNumbers } from './describe_difference';
export * from './deterministic_weights';
export { eachBackend } from './each_backend';
export { expectGradientsToMatchFiniteDifferences } from './gradients';
export { onTensorflow } from './on_tensorflow';
export { randomTensor } from './random_tensor';
export { randomizeWeights } from './randomize_weights';
export { type LayerTest, runLayerTest } from './run_layer_test';
