import { diagnose } from '../src/index';

// A process of its own: TensorFlow, once loaded, would count in the peak memory of the processes forked beside it.
process.once('message', async () => {
  process.send!(await diagnose(), () => process.disconnect());
});
