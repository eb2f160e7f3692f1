/** Whether TensorFlow computes on the CPU alone, or on an NVIDIA GPU too. */
export type NativeVariant = 'cpu' | 'gpu';
