/** Addresses of each memory that hold constants of the kernels: from `start`, and less than `end`. */
export const RESERVED_MEMORY = { start: 64, end: 1024 } as const;
