/** Resolves when events that wait have been heard: steps compute without a pause, and signals are only heard in one. */
export function eventsToArrive(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
