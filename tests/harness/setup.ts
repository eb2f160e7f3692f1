import * as tf from '@tensorflow/tfjs';
import { toBeCloseToTensor } from './to_be_close_to_tensor';
import { toCreateTensors } from './to_create_tensors';
import { toThrowDebertaError } from './to_throw_deberta_error';

// Without its notices tfjs greets every test file; prod mode changes nothing else.
tf.enableProdMode();

expect.extend({ toBeCloseToTensor, toCreateTensors, toThrowDebertaError });
